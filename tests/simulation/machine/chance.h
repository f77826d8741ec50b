#pragma once

#include <cstdint>
#include <span>

#include "sosw/ports/random.h"

namespace sosw::simulation {

/// All randomness of a run, from one seed.
class Chance final : public Random {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() override {
    std::uint64_t bits = state_ += 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
  }

  bool happens(double probability) { return probability > 0 && chance() < probability; }
  double within(double least, double most) { return least + (most - least) * chance(); }

  /// Both ends included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
  }
  std::size_t index(std::size_t size) { return static_cast<std::size_t>(next() % size); }

  /// An index, each as likely as its weight says.
  std::size_t weighted(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    double left = within(0, sum);
    for (std::size_t i = 0; i < weights.size(); ++i)
      if ((left -= weights[i]) < 0) return i;
    return 0;
  }

 private:
  std::uint64_t state_;
};

}  // namespace sosw::simulation
