#pragma once

#include <cstdint>
#include <memory>

namespace sosw {

/// The local time of a zone. A local time is counted in seconds from 1970-01-01T00:00:00 local time, a moment
/// in Unix seconds. The rules of real zones come through the port TimeZones.
class TimeZone {
 public:
  virtual ~TimeZone() = default;

  /// The local time at a moment.
  virtual std::int64_t shown_at(std::int64_t moment) const = 0;

  struct Showing {
    std::int64_t moment;   ///< the first with that local time, or at which the clocks skip it
    bool skipped = false;  ///< the local time does not exist
  };
  virtual Showing when_shown(std::int64_t local) const = 0;
};

/// UTC: local times equal the moments.
std::shared_ptr<const TimeZone> utc_zone();

}  // namespace sosw
