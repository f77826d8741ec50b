#include "system/zone_database.h"

#include <chrono>

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

namespace sosw {
namespace {

using UnixSeconds = cctz::time_point<cctz::seconds>;

const cctz::civil_second kLocalZero(1970, 1, 1, 0, 0, 0);

class SystemZone final : public TimeZone {
 public:
  explicit SystemZone(const cctz::time_zone& zone) : zone_(zone) {}

  std::int64_t shown_at(std::int64_t moment) const override {
    return zone_.lookup(UnixSeconds(cctz::seconds(moment))).cs - kLocalZero;
  }

  Showing when_shown(std::int64_t local) const override {
    const auto found = zone_.lookup(kLocalZero + local);
    const bool skipped = found.kind == cctz::time_zone::civil_lookup::SKIPPED;
    return {(skipped ? found.trans : found.pre).time_since_epoch().count(), skipped};
  }

 private:
  cctz::time_zone zone_;
};

/// The library takes a name as a path: names outside the database, or that it synthesizes, are invalid.
bool is_name(const std::string& name) {
  return !name.empty() && !name.starts_with('/') && !name.starts_with("Fixed/") &&
         name.find("..") == std::string::npos && name.find(':') == std::string::npos;
}

}  // namespace

std::shared_ptr<const TimeZone> ZoneDatabase::find(const std::string& name) {
  if (name == "UTC") return utc_zone();
  cctz::time_zone zone;
  if (!is_name(name) || !cctz::load_time_zone(name, &zone)) return nullptr;
  return std::make_shared<SystemZone>(zone);
}

}  // namespace sosw
