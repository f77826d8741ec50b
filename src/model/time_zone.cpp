#include "sosw/model/time_zone.h"

namespace sosw {
namespace {

class Utc final : public TimeZone {
 public:
  std::int64_t shown_at(std::int64_t moment) const override { return moment; }
  Showing when_shown(std::int64_t local) const override { return {local, false}; }
};

}  // namespace

std::shared_ptr<const TimeZone> utc_zone() { return std::make_shared<Utc>(); }

}  // namespace sosw
