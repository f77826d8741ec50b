#pragma once

#include <memory>
#include <string>

#include "sosw/model/time_zone.h"

namespace sosw {

/// Time zones by their IANA names, such as Europe/Berlin.
class TimeZones {
 public:
  virtual ~TimeZones() = default;

  /// Returns null for an unknown name. UTC is always known.
  virtual std::shared_ptr<const TimeZone> find(const std::string& name) = 0;
};

}  // namespace sosw
