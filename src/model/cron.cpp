#include "model/cron.h"

#include <algorithm>
#include <chrono>

namespace sosw {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

/// A month, for the matching of fields.
struct Page {
  int length;     ///< days
  int first_day;  ///< day of the week of the 1st, 0 (Sunday) to 6
  int week_day(int day) const { return (first_day + day - 1) % 7 + 1; }  ///< 1 (Sunday) to 7
};

Page page_of(year_month which) {
  const year_month_day last{which / std::chrono::last};
  const std::chrono::weekday first{local_days{which / 1}};
  return {static_cast<int>(unsigned{last.day()}), static_cast<int>(first.c_encoding())};
}

/// Never in another month: from a Saturday the 1st to Monday the 3rd, from a Sunday at the end to the Friday.
int nearest_weekday(const Page& page, int day) {
  const int week_day = page.week_day(day);
  if (week_day == 7) return day == 1 ? day + 2 : day - 1;
  if (week_day == 1) return day == page.length ? day - 2 : day + 1;
  return day;
}

int last_weekday(const Page& page) { return nearest_weekday(page, page.length); }

std::set<int> days_on(const Page& page, const MonthDays& field) {
  std::set<int> found;
  for (const int day : field.days)
    if (day <= page.length) found.insert(day);
  for (const int day : field.nearest_weekday)
    if (day <= page.length) found.insert(nearest_weekday(page, day));
  if (field.last) found.insert(page.length);
  if (field.last_weekday) found.insert(last_weekday(page));
  return found;
}

std::set<int> days_on(const Page& page, const WeekDays& field) {
  std::set<int> found;
  for (int day = 1; day <= page.length; ++day) {
    const int week_day = page.week_day(day);
    const bool is_last = day + 7 > page.length;
    const bool is_nth = week_day == field.day && (day + 6) / 7 == field.nth;
    if (is_nth || field.days.contains(week_day) || (is_last && field.last.contains(week_day)))
      found.insert(day);
  }
  return found;
}

/// The first matching minute of a day, from `minute` on.
std::optional<int> minute_of_day(const Cron& cron, int minute) {
  for (auto hour = cron.hours.lower_bound(minute / 60); hour != cron.hours.end(); ++hour) {
    const auto found = cron.minutes.lower_bound(std::max(0, minute - *hour * 60));
    if (found != cron.minutes.end()) return *hour * 60 + *found;
  }
  return std::nullopt;
}

}  // namespace

std::vector<int> days_of(const Cron& cron, int year_number, int month_number) {
  const Page page = page_of(year{year_number} / month{static_cast<unsigned>(month_number)});
  const auto found = std::visit([&](const auto& field) { return days_on(page, field); }, cron.days);
  return {found.begin(), found.end()};
}

std::optional<std::int64_t> first_from(const Cron& cron, std::int64_t local) {
  const local_seconds start{seconds{std::max<std::int64_t>(local, 0)}};
  const local_days start_day = std::chrono::floor<std::chrono::days>(start);
  const year_month_day date{start_day};
  const auto start_minute =
      static_cast<int>(std::chrono::ceil<std::chrono::minutes>(start - start_day).count());

  for (auto y = cron.years.lower_bound(static_cast<int>(date.year())); y != cron.years.end(); ++y)
    for (const int m : cron.months) {
      const auto which = year{*y} / month{static_cast<unsigned>(m)};
      if (which < date.year() / date.month()) continue;
      for (const int d : days_of(cron, *y, m)) {
        const local_days day{which / d};
        if (day < start_day) continue;
        const auto minute = minute_of_day(cron, day == start_day ? start_minute : 0);
        if (minute) return (day.time_since_epoch() + std::chrono::minutes{*minute}) / seconds{1};
      }
    }
  return std::nullopt;
}

}  // namespace sosw
