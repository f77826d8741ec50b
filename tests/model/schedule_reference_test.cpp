// Cron against a reference that looks at every minute, one after the other, and knows nothing of months but
// what the calendar says.

#include <random>

#include <gtest/gtest.h>

#include "sosw/model/schedule.h"

#include "model/calendar.h"

namespace sosw {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

constexpr int kRounds = 300;
constexpr int kDaysWatched = 70;

struct Date {
  local_days day;
  year_month_day date;
  explicit Date(local_days d) : day(d), date(d) {}
  int of_month() const { return static_cast<int>(unsigned{date.day()}); }
  unsigned week_day() const { return std::chrono::weekday{day}.c_encoding() + 1; }  // 1 Sunday
  bool in_month_of(const Date& other) const {
    return date.year() == other.date.year() && date.month() == other.date.month();
  }
  Date moved(int by) const { return Date(day + days{by}); }
};

bool works(const Date& date) { return date.week_day() != 1 && date.week_day() != 7; }

/// A working day to which no other working day of its month is as near to the n-th.
bool is_nearest_working_day(const Date& date, int n) {
  const Date nth = date.moved(n - date.of_month());
  if (!works(date) || !nth.in_month_of(date)) return false;
  for (int by = -31; by <= 31; ++by) {
    const Date other = date.moved(by);
    if (other.in_month_of(date) && works(other) &&
        std::abs(other.of_month() - n) < std::abs(date.of_month() - n))
      return false;
  }
  return true;
}

bool is_last_working_day(const Date& date) {
  for (int by = 1; by <= 31; ++by)
    if (date.moved(by).in_month_of(date) && works(date.moved(by))) return false;
  return works(date);
}

/// One field: its text, and what it means.
template <typename Value>
struct Field {
  std::string text;
  std::function<bool(Value)> means;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int roll(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  Field<int> numbers(int least, int most) {
    const int a = roll(least, most), b = roll(least, most), step = roll(1, (most - least) / 2);
    const std::string as = std::to_string(a), bs = std::to_string(b), steps = std::to_string(step);
    switch (roll(0, 5)) {
      case 0:
        return {"*", [](int) { return true; }};
      case 1:
        return {as, [=](int v) { return v == a; }};
      case 2:
        return {as + "," + bs, [=](int v) { return v == a || v == b; }};
      case 3:
        return {as + "-" + bs, [=](int v) { return a <= b ? a <= v && v <= b : v >= a || v <= b; }};
      case 4:
        return {as + "/" + steps, [=](int v) { return v >= a && (v - a) % step == 0; }};
      default:
        return {"*/" + steps, [=](int v) { return (v - least) % step == 0; }};
    }
  }

  Field<Date> month_days() {
    const int n = roll(1, 31);
    switch (roll(0, 4)) {
      case 0:
        return {"L", [](const Date& d) { return !d.moved(1).in_month_of(d); }};
      case 1:
        return {"LW", is_last_working_day};
      case 2:
        return {std::to_string(n) + "W", [=](const Date& d) { return is_nearest_working_day(d, n); }};
      default: {
        auto field = numbers(1, 31);
        return {field.text, [means = field.means](const Date& d) { return means(d.of_month()); }};
      }
    }
  }

  Field<Date> week_days() {
    const auto n = static_cast<unsigned>(roll(1, 7));
    const int nth = roll(1, 5);
    switch (roll(0, 4)) {
      case 0:
        return {"L", [](const Date& d) { return d.week_day() == 7; }};
      case 1:
        return {std::to_string(n) + "L",
                [=](const Date& d) { return d.week_day() == n && !d.moved(7).in_month_of(d); }};
      case 2:
        return {std::to_string(n) + "#" + std::to_string(nth), [=](const Date& d) {
                  return d.week_day() == n && d.moved(-7 * (nth - 1)).in_month_of(d) &&
                         !d.moved(-7 * nth).in_month_of(d);
                }};
      default: {
        auto field = numbers(1, 7);
        return {field.text,
                [means = field.means](const Date& d) { return means(static_cast<int>(d.week_day())); }};
      }
    }
  }

 private:
  std::mt19937 random_;
};

/// The moments, a minute apart, at which the clocks show a local time that is meant, for the first time.
template <typename Means>
std::vector<std::int64_t> watched_moments(const TimeZone& zone, std::int64_t from, std::int64_t until,
                                          const Means& means) {
  std::vector<std::int64_t> moments;
  std::int64_t shown_so_far = zone.shown_at(from - 7200);
  for (std::int64_t moment = from - 7200; moment <= until; moment += 60) {
    const std::int64_t local = zone.shown_at(moment);
    if (local <= shown_so_far) continue;
    shown_so_far = local;
    if (moment > from && means(local)) moments.push_back(moment);
  }
  return moments;
}

void compare(unsigned seed) {
  Dice dice(seed);
  const auto minutes = dice.numbers(0, 59), hours = dice.numbers(0, 23), months = dice.numbers(1, 12);
  const bool by_month = dice.roll(0, 1) == 0;
  const auto day = by_month ? dice.month_days() : dice.week_days();
  const std::string expression = "cron(" + minutes.text + " " + hours.text + " " +
                                 (by_month ? day.text + " " : "? ") + months.text +
                                 (by_month ? " ? " : " " + day.text + " ") + "*)";
  SCOPED_TRACE(expression + ", seed " + std::to_string(seed));
  const auto means = [&](std::int64_t local) {
    const local_days midnight{days{local / 86400}};
    const Date date(midnight);
    return minutes.means(static_cast<int>(local / 60 % 60)) &&
           hours.means(static_cast<int>(local / 3600 % 24)) &&
           months.means(static_cast<int>(unsigned{date.date.month()})) && day.means(date);
  };
  const auto zone = std::make_shared<SummerZone>();
  const std::int64_t from = seconds_of("2026-01-01T00:00:00") + dice.roll(0, 365 * 1440) * 60;
  const std::int64_t until = from + std::int64_t{kDaysWatched} * 86400;

  const Schedule schedule = Schedule::parse(expression, zone);
  std::vector<std::int64_t> found;
  for (auto next = schedule.next_after(Time(from), {}); next && *next <= Time(until);
       next = schedule.next_after(*next, {}))
    found.push_back(whole_unix_seconds(*next));
  const auto expected = watched_moments(*zone, from, until, means);
  EXPECT_EQ(found, expected);
  const auto last = schedule.last_between(Time(from), Time(until), {});
  EXPECT_EQ(last.value_or(Time()), expected.empty() ? Time() : Time(expected.back()));
}

TEST(ScheduleReference, AgreesOnAnyCronInAnySeason) {
  for (unsigned seed = 0; seed < kRounds && !::testing::Test::HasFailure(); ++seed) compare(seed);
}

}  // namespace
}  // namespace sosw
