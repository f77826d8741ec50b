#pragma once

#include "sosw/ports/time_zones.h"

namespace sosw {

/// The machine's time zone database (/usr/share/zoneinfo, or the folder in the variable TZDIR). A zone is
/// read at its first use; zones may be shared between threads.
class ZoneDatabase final : public TimeZones {
 public:
  std::shared_ptr<const TimeZone> find(const std::string& name) override;
};

}  // namespace sosw
