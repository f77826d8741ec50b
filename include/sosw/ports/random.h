#pragma once

#include <cstdint>

namespace sosw {

/// The only source of randomness, so that a whole run can be replayed from a seed.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;  ///< 64 evenly distributed bits

  double chance() { return static_cast<double>(next() >> 11) * 0x1p-53; }  ///< in [0, 1)
};

}  // namespace sosw
