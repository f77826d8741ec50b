#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "sosw/model/time.h"
#include "sosw/model/time_zone.h"

namespace sosw {

/// "2026-11-24T10:00:00" as seconds since 1970.
inline std::int64_t seconds_of(const std::string& text) {
  int y = 0, h = 0, min = 0, s = 0;
  unsigned mon = 0, d = 0;
  char c = 0;
  std::istringstream(text) >> y >> c >> mon >> c >> d >> c >> h >> c >> min >> c >> s;
  const std::chrono::sys_days day{std::chrono::year{y} / std::chrono::month{mon} / std::chrono::day{d}};
  return day.time_since_epoch() / std::chrono::seconds{1} + h * 3600 + min * 60 + s;
}

/// The other way round.
inline std::string text_of(Time time) {
  using namespace std::chrono;
  const sys_seconds all{seconds{whole_unix_seconds(time)}};
  const sys_days day = floor<days>(all);
  const year_month_day date{day};
  const hh_mm_ss clock{all - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text;
}

/// A place one hour ahead of UTC, and two in its summer: from 2026-03-29 to 2026-10-25, at 01:00 UTC.
class SummerZone final : public TimeZone {
 public:
  std::int64_t shown_at(std::int64_t moment) const override {
    return moment + (moment >= forward_ && moment < back_ ? 2 * kHour : kHour);
  }
  Showing when_shown(std::int64_t local) const override {
    if (local - kHour < forward_) return {local - kHour, false};
    if (local - 2 * kHour < forward_) return {forward_, true};
    if (local - 2 * kHour < back_) return {local - 2 * kHour, false};
    return {local - kHour, false};
  }

 private:
  static constexpr std::int64_t kHour = 3600;
  std::int64_t forward_ = seconds_of("2026-03-29T01:00:00");
  std::int64_t back_ = seconds_of("2026-10-25T01:00:00");
};

}  // namespace sosw
