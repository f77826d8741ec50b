#pragma once

#include <cstdint>
#include <memory>

namespace sosw {

/// What the clocks of a place show. A local time is counted in seconds from 1970-01-01T00:00:00 on those
/// clocks, a moment in Unix seconds. The rules of real places come through the port TimeZones.
class TimeZone {
 public:
  virtual ~TimeZone() = default;

  /// The local time at a moment.
  virtual std::int64_t shown_at(std::int64_t moment) const = 0;

  struct Showing {
    std::int64_t moment;   ///< the first at which the clocks show it, or at which they jump over it
    bool skipped = false;  ///< they jump over it and never show it
  };
  virtual Showing when_shown(std::int64_t local) const = 0;
};

/// The zone whose local times are the moments themselves.
std::shared_ptr<const TimeZone> utc_zone();

}  // namespace sosw
