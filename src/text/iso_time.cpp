#include "text/iso_time.h"

#include <cstdio>
#include <ctime>

#include <fmt/chrono.h>

namespace sosw::aws {

std::string format_instant(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(whole_unix_seconds(time)));
}

std::optional<Time> parse_instant(const std::string& text) {
  std::tm parts{};
  double seconds = 0;
  char zone = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%c", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &seconds, &zone) != 7 ||
      zone != 'Z')
    return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return Time(static_cast<double>(timegm(&parts)) + seconds);
}

}  // namespace sosw::aws
