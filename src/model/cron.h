#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

namespace sosw {

/// The day-of-month field, unless it is ?.
struct MonthDays {
  std::set<int> days;             ///< 1 to 31
  bool last = false;              ///< L
  std::set<int> nearest_weekday;  ///< 15W
  bool last_weekday = false;      ///< LW
};

/// The day-of-week field, unless it is ?. Days are 1 (Sunday) to 7 (Saturday).
struct WeekDays {
  std::set<int> days;
  std::set<int> last;  ///< 6L
  int day = 0;         ///< 6#3: 6; 0 when there is no #
  int nth = 0;         ///< 6#3: 3
};

/// The six fields of a cron expression, see schedule.h. The sets are never empty.
struct Cron {
  std::set<int> minutes;
  std::set<int> hours;
  std::variant<MonthDays, WeekDays> days;
  std::set<int> months;
  std::set<int> years;
};

/// Parses the text between the parentheses. Throws InvalidConfig with an empty `where`.
Cron parse_cron(std::string_view fields);

/// The matching days of that month, in their order.
std::vector<int> days_of(const Cron&, int year, int month);

/// The first matching local time (see time_zone.h) from `local` on; nullopt when after 2199.
std::optional<std::int64_t> first_from(const Cron&, std::int64_t local);

}  // namespace sosw
