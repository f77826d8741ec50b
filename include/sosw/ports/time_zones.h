#pragma once

#include <memory>
#include <string>

#include "sosw/model/time_zone.h"

namespace sosw {

/// The time zones of the world by their IANA names, such as Europe/Berlin.
class TimeZones {
 public:
  virtual ~TimeZones() = default;

  /// Null for a name that it does not know. UTC is always known.
  virtual std::shared_ptr<const TimeZone> find(const std::string& name) = 0;
};

}  // namespace sosw
