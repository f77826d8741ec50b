// Parsing the fields of a cron expression.

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <string>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "model/cron.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 12> kMonthNames = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDayNames = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct Field {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> value_names;  ///< of least, least + 1, ...; may be empty
  std::string_view forms;                         ///< what is valid, for people
};

constexpr Field kMinutes = {"minutes", 0, 59, {}, "0 to 59, as in 5, 0-10, */15, 0,30 or *"};
constexpr Field kHours = {"hours", 0, 23, {}, "0 to 23, as in 2, 9-17, */6, 0,12 or *"};
constexpr Field kDayOfMonth = {"day-of-month", 1, 31, {}, "1 to 31, as in 1, 1-7, 1,15, *, ?, L, 15W or LW"};
constexpr Field kMonth = {"month", 1, 12, kMonthNames, "1 to 12 or JAN to DEC, as in 3, MAR-OCT, */3 or *"};
constexpr Field kDayOfWeek = {"day-of-week", 1, 7, kDayNames,
                              "1 (SUN) to 7 (SAT), as in MON, MON-FRI, *, ?, L, 6L or, alone, 6#3"};
constexpr Field kYear = {"year", 1970, 2199, {}, "1970 to 2199, as in 2027, 2026-2028 or *"};

[[noreturn]] void refuse(const Field& field, std::string_view item, std::string_view what) {
  throw InvalidConfig("", fmt::format("{}: '{}' {}; valid is {}", field.name, item, what, field.forms));
}

/// nullopt unless the whole text is a number of plausible length.
std::optional<int> number_from(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digits_only = !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0;
  if (!digits_only || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int> value_from(const Field& field, std::string_view text) {
  const auto name = std::ranges::find(field.value_names, text);
  if (name != field.value_names.end())
    return field.least + static_cast<int>(name - field.value_names.begin());
  const auto number = number_from(text);
  return number && *number >= field.least && *number <= field.most ? number : std::nullopt;
}

/// Adds the values of `5`, `10-20`, `*` or any of them with a step, such as `10/3`.
void add_values(const Field& field, std::string_view item, std::set<int>& values) {
  const auto slash = item.find('/');
  const std::string_view base = item.substr(0, slash);
  const auto dash = base.find('-');
  const auto first = base == "*" ? field.least : value_from(field, base.substr(0, dash));
  auto last = first;
  if (base == "*" || (dash == std::string_view::npos && slash != std::string_view::npos)) last = field.most;
  if (dash != std::string_view::npos) last = value_from(field, base.substr(dash + 1));
  if (!first || !last) refuse(field, item, "is not understood");

  const int count = field.most - field.least + 1;
  const auto step = slash == std::string_view::npos ? 1 : number_from(item.substr(slash + 1));
  if (!step || *step < 1 || *step > count)
    refuse(field, item, fmt::format("must have a step from 1 to {} after its /", count));
  if (*last < *first && &field == &kYear) refuse(field, item, "ends before it begins");
  const int length = *last < *first ? *last + count - *first : *last - *first;
  for (int i = 0; i <= length; i += *step) values.insert(field.least + (*first - field.least + i) % count);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::set<int> parse_values(const Field& field, std::string_view text) {
  std::set<int> values;
  for (const std::string_view item : split(text, ",")) add_values(field, item, values);
  return values;
}

MonthDays parse_month_days(std::string_view text) {
  MonthDays days;
  for (const std::string_view item : split(text, ",")) {
    if (item == "L") {
      days.last = true;
    } else if (item == "LW") {
      days.last_weekday = true;
    } else if (item.ends_with('W')) {
      const auto day = value_from(kDayOfMonth, item.substr(0, item.size() - 1));
      if (!day) refuse(kDayOfMonth, item, "is not understood");
      days.nearest_weekday.insert(*day);
    } else {
      add_values(kDayOfMonth, item, days.days);
    }
  }
  return days;
}

WeekDays parse_nth_day(std::string_view text) {
  const auto hash = text.find('#');
  const auto day = value_from(kDayOfWeek, text.substr(0, hash));
  const auto nth = number_from(text.substr(hash + 1));
  if (!day || !nth || *nth < 1 || *nth > 5)
    refuse(kDayOfWeek, text, "must be one day, # and 1 to 5, and stand alone");
  return {.day = *day, .nth = *nth};
}

WeekDays parse_week_days(std::string_view text) {
  if (text.find('#') != std::string_view::npos) return parse_nth_day(text);
  WeekDays days;
  for (const std::string_view item : split(text, ",")) {
    if (item == "L") {
      days.days.insert(kDayOfWeek.most);
    } else if (item.ends_with('L')) {
      const auto day = value_from(kDayOfWeek, item.substr(0, item.size() - 1));
      if (!day) refuse(kDayOfWeek, item, "is not understood");
      days.last.insert(*day);
    } else {
      add_values(kDayOfWeek, item, days.days);
    }
  }
  return days;
}

}  // namespace

Cron parse_cron(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::vector<std::string_view> fields = split(upper, " \t");
  std::erase(fields, "");
  if (fields.size() != 6)
    throw InvalidConfig(
        "", fmt::format("cron has six fields, minutes hours day-of-month month day-of-week year, not {}; "
                        "such as cron(0 2 * * ? *)",
                        fields.size()));
  const std::string_view month_days = fields[2], week_days = fields[4];
  if ((month_days == "?") == (week_days == "?"))
    throw InvalidConfig("",
                        "day-of-month and day-of-week: exactly one of them must be ?; such as "
                        "cron(0 2 * * ? *) or cron(0 2 ? * MON-FRI *)");
  Cron cron;
  cron.minutes = parse_values(kMinutes, fields[0]);
  cron.hours = parse_values(kHours, fields[1]);
  if (week_days == "?")
    cron.days = parse_month_days(month_days);
  else
    cron.days = parse_week_days(week_days);
  cron.months = parse_values(kMonth, fields[3]);
  cron.years = parse_values(kYear, fields[5]);
  return cron;
}

}  // namespace sosw
