#include "job/calendar.h"

namespace sosw {
namespace {

using std::chrono::seconds;

/// Removes two digits below `limit` from the front.
std::optional<int> take_pair(std::string_view& text, int limit) {
  const auto number = text.size() < 2 ? std::nullopt : parse_digits<int>(text.substr(0, 2));
  if (!number || *number >= limit) return std::nullopt;
  text.remove_prefix(2);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// hh:mm, hh:mm:ss or hh:mm:ss.fff
std::optional<Seconds> take_time_of_day(std::string_view& text) {
  const auto hour = take_pair(text, 24);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_pair(text, 60);
  if (!minute) return std::nullopt;
  Seconds time = *hour * 3600 + *minute * 60;
  if (!take(text, ':')) return time;
  const auto second = take_pair(text, 60);
  if (!second) return std::nullopt;
  time += *second;
  if (!take(text, '.')) return time;
  double unit = 0.1;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, unit /= 10)
    time += unit * (text[digits] - '0');
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return time;
}

/// Z, +hh:mm, +hhmm or +hh, and the same with a minus: how far the zone is ahead of UTC.
std::optional<Seconds> parse_zone(std::string_view text) {
  if (text == "Z") return 0;
  const bool behind = text.starts_with('-');
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hour = take_pair(text, 24);
  if (!hour) return std::nullopt;
  int offset = *hour * 3600;
  if (!text.empty()) {
    take(text, ':');
    const auto minute = take_pair(text, 60);
    if (!minute || !text.empty()) return std::nullopt;
    offset += *minute * 60;
  }
  return behind ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_digits<int>(text.substr(0, 4));
  const auto month = parse_digits<unsigned>(text.substr(5, 2));
  const auto day = parse_digits<unsigned>(text.substr(8, 2));
  if (!year || !month || !day || *year < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<Time> parse_moment(std::string_view text) {
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  text.remove_prefix(10);
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  const auto zone = parse_zone(text);
  if (!zone) return std::nullopt;
  return Time(static_cast<Seconds>(seconds(day->time_since_epoch()).count())) + *time - *zone;
}

}  // namespace sosw
