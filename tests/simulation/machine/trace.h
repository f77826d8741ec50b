#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sosw/model/time.h"

namespace sosw::simulation {

/// The events of a run: always as one hash, which is the same when the run is repeated, and on demand as
/// lines for people.
class Trace {
 public:
  void keep_lines() { keeps_lines_ = true; }
  bool keeps_lines() const { return keeps_lines_; }
  const std::vector<std::string>& lines() const { return lines_; }
  std::uint64_t hash() const { return hash_; }
  std::int64_t steps() const { return steps_; }

  void step(std::uint64_t what) {
    ++steps_;
    hash_ = (hash_ ^ what) * 0x100000001b3;
    hash_ ^= hash_ >> 29;
  }

  /// `now` in seconds since the run began.
  template <typename... Parts>
  void say(Seconds now, std::string_view who, fmt::format_string<Parts...> format, Parts&&... parts) {
    if (!keeps_lines_) return;
    lines_.push_back(
        fmt::format("{:9.3f}  {:<14} {}", now, who, fmt::format(format, std::forward<Parts>(parts)...)));
  }

 private:
  bool keeps_lines_ = false;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::int64_t steps_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace sosw::simulation
