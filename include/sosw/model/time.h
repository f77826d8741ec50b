#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>

namespace sosw {

/// A length of time in seconds.
using Seconds = double;

/// A point of time by one kind of clock. Points by different clocks, points and lengths, and points and bare
/// numbers don't mix: meaningless arithmetic doesn't compile. The default is the clock's zero.
template <class Clock>
class TimePoint {
 public:
  constexpr TimePoint() = default;
  constexpr explicit TimePoint(Seconds since_epoch) : since_epoch_(since_epoch) {}

  /// Later than every time that a clock returns.
  static constexpr TimePoint never() { return TimePoint(std::numeric_limits<Seconds>::infinity()); }

  /// Since the clock's zero; for where a number is needed, such as a column of a database.
  constexpr Seconds since_epoch() const { return since_epoch_; }

  constexpr TimePoint& operator+=(Seconds length) {
    since_epoch_ += length;
    return *this;
  }
  constexpr TimePoint& operator-=(Seconds length) { return *this += -length; }

  friend constexpr TimePoint operator+(TimePoint point, Seconds length) { return point += length; }
  friend constexpr TimePoint operator-(TimePoint point, Seconds length) { return point -= length; }
  friend constexpr Seconds operator-(TimePoint later, TimePoint earlier) {
    return later.since_epoch_ - earlier.since_epoch_;
  }
  friend constexpr auto operator<=>(TimePoint, TimePoint) = default;

  friend std::ostream& operator<<(std::ostream& out, TimePoint point) {
    return out << std::to_string(point.since_epoch_);
  }

 private:
  Seconds since_epoch_ = 0;
};

/// Wall-clock time: Unix seconds with a fraction (UTC). It jumps when the clock is set. A double holds
/// today's microseconds exactly enough to be printed and parsed back unchanged, which is what other sosw
/// installations do with it (SPEC 2, SPEC 13.24).
using Time = TimePoint<struct WallClock>;

/// By a monotonic clock of this machine, which is not affected when the clock is set: to measure elapsed
/// time. It means nothing to another machine, nor after a restart of this one.
using MonotonicTime = TimePoint<struct MonotonicClock>;

/// The Unix second that contains it.
inline std::int64_t whole_unix_seconds(Time time) {
  return static_cast<std::int64_t>(std::floor(time.since_epoch()));
}

}  // namespace sosw
