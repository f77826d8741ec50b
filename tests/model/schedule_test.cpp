#include "sosw/model/schedule.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "model/calendar.h"

namespace sosw {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

/// The next times of a schedule, as many as there are expected ones, "never" when there is none.
std::vector<std::string> times(const Schedule& schedule, const std::string& from, std::size_t count) {
  std::vector<std::string> found;
  Time moment(seconds_of(from));
  while (found.size() < count) {
    const auto next = schedule.next_after(moment, Time(seconds_of(from)));
    found.push_back(next ? text_of(*next) : "never");
    if (!next) break;
    moment = *next;
  }
  return found;
}

struct Times {
  std::string expression;
  std::string from;
  std::vector<std::string> expected;
};
void PrintTo(const Times& times, std::ostream* out) { *out << times.expression << " from " << times.from; }

class ScheduleTimes : public ::testing::TestWithParam<Times> {};

TEST_P(ScheduleTimes, AreCorrect) {
  const auto& [expression, from, expected] = GetParam();
  EXPECT_THAT(times(Schedule::parse(expression, utc_zone()), from, expected.size()),
              ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(
    Rates, ScheduleTimes,
    ::testing::Values(
        Times{"rate(1 minute)", "2026-01-01T00:00:30", {"2026-01-01T00:01:30", "2026-01-01T00:02:30"}},
        Times{"rate(5 minutes)", "2026-01-01T00:00:00", {"2026-01-01T00:05:00", "2026-01-01T00:10:00"}},
        Times{"rate(1 hour)", "2026-01-01T23:30:00", {"2026-01-02T00:30:00", "2026-01-02T01:30:00"}},
        Times{"rate(7 days)", "2026-02-25T10:00:00", {"2026-03-04T10:00:00", "2026-03-11T10:00:00"}},
        Times{"rate(100000000 days)", "2026-02-25T10:00:00", {"never"}}));

INSTANTIATE_TEST_SUITE_P(Once, ScheduleTimes,
                         ::testing::Values(Times{"at(2026-11-24T10:00:07)",
                                                 "2026-11-24T10:00:06",
                                                 {"2026-11-24T10:00:07", "never"}},
                                           Times{
                                               "at(2026-11-24T10:00:07)", "2026-11-24T10:00:07", {"never"}}));

INSTANTIATE_TEST_SUITE_P(
    Minutes, ScheduleTimes,
    ::testing::Values(
        Times{"cron(0 10 * * ? *)", "2026-01-01T10:00:00", {"2026-01-02T10:00:00", "2026-01-03T10:00:00"}},
        Times{"cron(0 10 * * ? *)", "2026-01-01T09:59:59", {"2026-01-01T10:00:00"}},
        Times{"cron(* * * * ? *)", "2026-12-31T23:58:30", {"2026-12-31T23:59:00", "2027-01-01T00:00:00"}},
        Times{"cron(*/15 * * * ? *)", "2026-01-01T00:40:00", {"2026-01-01T00:45:00", "2026-01-01T01:00:00"}},
        Times{"cron(1/10 * * * ? *)",
              "2026-01-01T00:40:00",
              {"2026-01-01T00:41:00", "2026-01-01T00:51:00", "2026-01-01T01:01:00"}},
        Times{"cron(10-30/15 5 * * ? *)",
              "2026-01-01T00:00:00",
              {"2026-01-01T05:10:00", "2026-01-01T05:25:00", "2026-01-02T05:10:00"}},
        Times{"cron(0,30-31 22-1 * * ? *)",
              "2026-01-01T00:31:00",
              {"2026-01-01T01:00:00", "2026-01-01T01:30:00", "2026-01-01T01:31:00", "2026-01-01T22:00:00"}},
        Times{"cron( 0  10\t* * ? * )", "2026-01-01T10:00:00", {"2026-01-02T10:00:00"}}));

INSTANTIATE_TEST_SUITE_P(
    DaysOfTheMonth, ScheduleTimes,
    ::testing::Values(
        Times{"cron(0 0 1 * ? *)", "2026-01-31T00:00:00", {"2026-02-01T00:00:00", "2026-03-01T00:00:00"}},
        Times{"cron(0 0 31 * ? *)", "2026-01-31T00:00:00", {"2026-03-31T00:00:00", "2026-05-31T00:00:00"}},
        Times{"cron(0 0 29 2 ? *)", "2026-01-01T00:00:00", {"2028-02-29T00:00:00", "2032-02-29T00:00:00"}},
        Times{"cron(0 0 29 2 ? *)", "2096-03-01T00:00:00", {"2104-02-29T00:00:00"}},
        Times{"cron(0 0 30 2 ? *)", "2026-01-01T00:00:00", {"never"}},
        Times{"cron(0 0 L * ? *)",
              "2028-01-15T00:00:00",
              {"2028-01-31T00:00:00", "2028-02-29T00:00:00", "2028-03-31T00:00:00"}},
        Times{"cron(0 0 l FEB ? *)", "2026-01-15T00:00:00", {"2026-02-28T00:00:00"}},
        Times{"cron(0 0 15,L * ? *)", "2026-04-01T00:00:00", {"2026-04-15T00:00:00", "2026-04-30T00:00:00"}},
        Times{"cron(0 0 28-2 * ? *)",
              "2026-02-27T00:00:00",
              {"2026-02-28T00:00:00", "2026-03-01T00:00:00", "2026-03-02T00:00:00", "2026-03-28T00:00:00"}},
        Times{"cron(0 0 */10 * ? *)",
              "2026-01-01T00:00:00",
              {"2026-01-11T00:00:00", "2026-01-21T00:00:00", "2026-01-31T00:00:00", "2026-02-01T00:00:00"}}));

// August 2026 begins on a Saturday, February 2026 on a Sunday, May 2026 ends on a Sunday, and
// October 2026 on a Saturday.
INSTANTIATE_TEST_SUITE_P(
    NearestWeekdays, ScheduleTimes,
    ::testing::Values(
        Times{"cron(0 8 1W 8 ? *)", "2026-08-01T00:00:00", {"2026-08-03T08:00:00"}},
        Times{"cron(0 8 1W 2 ? *)", "2026-01-31T00:00:00", {"2026-02-02T08:00:00"}},
        Times{"cron(0 8 31W 5 ? *)", "2026-05-01T00:00:00", {"2026-05-29T08:00:00"}},
        Times{"cron(0 8 31W 10 ? *)", "2026-10-01T00:00:00", {"2026-10-30T08:00:00"}},
        Times{"cron(0 8 31w * ? *)", "2026-03-31T08:00:00", {"2026-05-29T08:00:00"}},
        Times{"cron(0 8 15W * ? *)",
              "2026-08-01T00:00:00",
              {"2026-08-14T08:00:00", "2026-09-15T08:00:00", "2026-10-15T08:00:00", "2026-11-16T08:00:00"}},
        Times{"cron(0 8 LW * ? *)", "2026-05-01T00:00:00", {"2026-05-29T08:00:00", "2026-06-30T08:00:00"}},
        Times{"cron(0 8 LW 10 ? *)", "2026-05-01T00:00:00", {"2026-10-30T08:00:00"}}));

INSTANTIATE_TEST_SUITE_P(
    DaysOfTheWeek, ScheduleTimes,
    ::testing::Values(
        Times{"cron(0 18 ? * MON-FRI *)", "2026-11-27T18:00:00", {"2026-11-30T18:00:00"}},
        Times{"cron(0 18 ? * 2-6 *)", "2026-11-27T18:00:00", {"2026-11-30T18:00:00"}},
        Times{"cron(0 18 ? * mon-sun *)",
              "2026-11-27T18:00:00",
              {"2026-11-28T18:00:00", "2026-11-29T18:00:00", "2026-11-30T18:00:00"}},
        Times{"cron(0 18 ? * FRI-MON *)",
              "2026-11-27T18:00:00",
              {"2026-11-28T18:00:00", "2026-11-29T18:00:00", "2026-11-30T18:00:00", "2026-12-04T18:00:00"}},
        Times{"cron(0 18 ? * SUN,Wed *)",
              "2026-11-27T18:00:00",
              {"2026-11-29T18:00:00", "2026-12-02T18:00:00"}},
        Times{"cron(0 18 ? * L *)", "2026-11-27T18:00:00", {"2026-11-28T18:00:00", "2026-12-05T18:00:00"}},
        Times{"cron(0 18 ? * 6L *)", "2026-11-01T18:00:00", {"2026-11-27T18:00:00", "2026-12-25T18:00:00"}},
        Times{"cron(0 18 ? * FRIL,2L *)",
              "2026-11-01T18:00:00",
              {"2026-11-27T18:00:00", "2026-11-30T18:00:00"}},
        Times{"cron(0 18 ? * 6#3 *)", "2026-11-01T18:00:00", {"2026-11-20T18:00:00", "2026-12-18T18:00:00"}},
        Times{
            "cron(0 18 ? * sun#1 *)", "2026-11-01T17:00:00", {"2026-11-01T18:00:00", "2026-12-06T18:00:00"}},
        Times{
            "cron(0 18 ? * SUN#5 *)", "2026-11-01T17:00:00", {"2026-11-29T18:00:00", "2027-01-31T18:00:00"}},
        Times{"cron(0 18 ? FEB 1#5 *)", "2026-11-01T17:00:00", {"2032-02-29T18:00:00"}}));

INSTANTIATE_TEST_SUITE_P(
    MonthsAndYears, ScheduleTimes,
    ::testing::Values(
        Times{
            "cron(0 0 1 JAN,jul ? *)", "2026-02-01T00:00:00", {"2026-07-01T00:00:00", "2027-01-01T00:00:00"}},
        Times{"cron(0 0 1 NOV-FEB ? *)",
              "2026-03-01T00:00:00",
              {"2026-11-01T00:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00", "2027-02-01T00:00:00",
               "2027-11-01T00:00:00"}},
        Times{"cron(0 0 1 */6 ? *)", "2026-02-01T00:00:00", {"2026-07-01T00:00:00", "2027-01-01T00:00:00"}},
        Times{"cron(0 0 1 1 ? 2027-2028)",
              "2026-02-01T00:00:00",
              {"2027-01-01T00:00:00", "2028-01-01T00:00:00", "never"}},
        Times{
            "cron(0 0 1 1 ? 2020/4)", "2026-02-01T00:00:00", {"2028-01-01T00:00:00", "2032-01-01T00:00:00"}},
        Times{"cron(0 0 1 1 ? 2025)", "2026-02-01T00:00:00", {"never"}},
        Times{"cron(59 23 31 12 ? 2199)", "2026-02-01T00:00:00", {"2199-12-31T23:59:00", "never"}}));

struct InvalidCase {
  std::string expression;
  std::vector<std::string> texts;
};
void PrintTo(const InvalidCase& invalid, std::ostream* out) { *out << invalid.expression; }

class InvalidSchedule : public ::testing::TestWithParam<InvalidCase> {};

TEST_P(InvalidSchedule, IsRefusedWithAMessageThatSaysWhy) {
  try {
    Schedule::parse(GetParam().expression, std::make_shared<SummerZone>());
    FAIL() << "was accepted";
  } catch (const InvalidConfig& error) {
    EXPECT_EQ(error.where, "");
    for (const std::string& part : GetParam().texts) EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, InvalidSchedule,
    ::testing::Values(InvalidCase{"", {"'' is no schedule", "rate(5 minutes)", "cron(", "at("}},
                      InvalidCase{"0 2 * * *", {"'0 2 * * *' is no schedule"}},
                      InvalidCase{"every day", {"is no schedule"}},
                      InvalidCase{"CRON(0 2 * * ? *)", {"is no schedule"}},
                      InvalidCase{"cron(0 2 * * ? *", {"is no schedule"}},
                      InvalidCase{")", {"is no schedule"}}));

INSTANTIATE_TEST_SUITE_P(Rates, InvalidSchedule,
                         ::testing::Values(InvalidCase{"rate(1 minutes)", {"write rate(1 minute)"}},
                                           InvalidCase{"rate(5 minute)", {"write rate(5 minutes)"}},
                                           InvalidCase{"rate(05 minutes)", {"write rate(5 minutes)"}},
                                           InvalidCase{"rate(0 minutes)", {"whole number of at least 1"}},
                                           InvalidCase{"rate(-5 minutes)", {"whole number of at least 1"}},
                                           InvalidCase{"rate(1.5 hours)", {"whole number of at least 1"}},
                                           InvalidCase{"rate(5 weeks)", {"minutes, hours or days"}},
                                           InvalidCase{"rate(5)", {"minutes, hours or days"}},
                                           InvalidCase{"rate()", {"minutes, hours or days"}},
                                           InvalidCase{"rate(5 )", {"minutes, hours or days"}},
                                           InvalidCase{"rate(5  minutes)", {"rate(5"}},
                                           InvalidCase{"rate(100000001 minutes)", {"rate(5 minutes)"}},
                                           InvalidCase{"rate(99999999999999999999 minutes)",
                                                       {"rate(5 minutes)"}}));

INSTANTIATE_TEST_SUITE_P(
    Once, InvalidSchedule,
    ::testing::Values(InvalidCase{"at(2026-11-24)", {"at(2026-11-24)", "at(2026-11-24T10:00:00)"}},
                      InvalidCase{"at(2026-02-29T10:00:00)", {"without a zone"}},
                      InvalidCase{"at(2026-11-24T24:00:00)", {"without a zone"}},
                      InvalidCase{"at(2026-11-24T10:00:00Z)", {"without a zone"}},
                      InvalidCase{"at(2026-11-24 10:00:00)", {"without a zone"}},
                      InvalidCase{"at(2200-01-01T00:00:00)", {"from 1970 to 2199"}},
                      InvalidCase{"at(2026-11-2xT10:00:00)", {"without a zone"}},
                      InvalidCase{"at(2026-03-29T02:30:00)", {"jump over this time", "before or after"}}));

INSTANTIATE_TEST_SUITE_P(
    Cron, InvalidSchedule,
    ::testing::Values(InvalidCase{"cron(0 2 * * ?)", {"six fields", "not 5", "cron(0 2 * * ? *)"}},
                      InvalidCase{"cron()", {"six fields", "not 0"}},
                      InvalidCase{"cron(0 2 * * ? * *)", {"six fields", "not 7"}},
                      InvalidCase{"cron(0 2 * * * *)", {"day-of-month and day-of-week", "exactly one", "?"}},
                      InvalidCase{"cron(0 2 ? * ? *)", {"exactly one of them must be ?"}},
                      InvalidCase{"cron(60 2 * * ? *)", {"minutes: '60'", "0 to 59"}},
                      InvalidCase{"cron(-1 2 * * ? *)", {"minutes: '-1'", "0 to 59"}},
                      InvalidCase{"cron(0 24 * * ? *)", {"hours: '24'", "0 to 23"}},
                      InvalidCase{"cron(0 ? * * ? *)", {"hours: '?'"}},
                      InvalidCase{"cron(0 L * * ? *)", {"hours: 'L'"}},
                      InvalidCase{"cron(0 2 0 * ? *)", {"day-of-month: '0'", "1 to 31"}},
                      InvalidCase{"cron(0 2 32 * ? *)", {"day-of-month: '32'"}},
                      InvalidCase{"cron(0 2 W * ? *)", {"day-of-month: 'W'"}},
                      InvalidCase{"cron(0 2 32W * ? *)", {"day-of-month: '32W'", "15W"}},
                      InvalidCase{"cron(0 2 L-3 * ? *)", {"day-of-month: 'L-3'"}},
                      InvalidCase{"cron(0 2 ?,1 * ? *)", {"day-of-month: '?'"}},
                      InvalidCase{"cron(0 2 6#3 * ? *)", {"day-of-month: '6#3'"}},
                      InvalidCase{"cron(0 2 * 13 ? *)", {"month: '13'", "JAN to DEC"}},
                      InvalidCase{"cron(0 2 * JANUARY ? *)", {"month: 'JANUARY'"}},
                      InvalidCase{"cron(0 2 ? * 0 *)", {"day-of-week: '0'", "1 (SUN) to 7 (SAT)"}},
                      InvalidCase{"cron(0 2 ? * 8 *)", {"day-of-week: '8'"}},
                      InvalidCase{"cron(0 2 ? * 15W *)", {"day-of-week: '15W'"}},
                      InvalidCase{"cron(0 2 ? * 3#1,6#3 *)", {"day-of-week: '3#1,6#3'", "stand alone"}},
                      InvalidCase{"cron(0 2 ? * 6#6 *)", {"day-of-week: '6#6'", "1 to 5"}},
                      InvalidCase{"cron(0 2 ? * #3 *)", {"day-of-week: '#3'"}},
                      InvalidCase{"cron(0 2 ? * 9L *)", {"day-of-week: '9L'"}},
                      InvalidCase{"cron(0 2 * * ? 1969)", {"year: '1969'", "1970 to 2199"}},
                      InvalidCase{"cron(0 2 * * ? 2200)", {"year: '2200'"}},
                      InvalidCase{"cron(0 2 * * ? 2028-2027)", {"year: '2028-2027' ends before it begins"}},
                      InvalidCase{"cron(1, 2 * * ? *)", {"minutes: ''"}},
                      InvalidCase{"cron(1-2-3 2 * * ? *)", {"minutes: '1-2-3'"}},
                      InvalidCase{"cron(1- 2 * * ? *)", {"minutes: '1-'"}},
                      InvalidCase{"cron(*-5 2 * * ? *)", {"minutes: '*-5'"}},
                      InvalidCase{"cron(*/0 2 * * ? *)", {"minutes: '*/0'", "a step from 1 to 60"}},
                      InvalidCase{"cron(*/90 2 * * ? *)", {"minutes: '*/90'", "a step from 1 to 60"}},
                      InvalidCase{"cron(*/ 2 * * ? *)", {"minutes: '*/'", "step"}},
                      InvalidCase{"cron(*/5/5 2 * * ? *)", {"minutes: '*/5/5'", "step"}},
                      InvalidCase{"cron(99999999999 2 * * ? *)", {"minutes: '99999999999'"}}));

/// Local times of SummerZone; it is two hours ahead of UTC in summer.
std::vector<std::string> summer_times(const std::string& expression, const std::string& utc_from,
                                      std::size_t count) {
  return times(Schedule::parse(expression, std::make_shared<SummerZone>()), utc_from, count);
}

TEST(ScheduleInATimeZone, UsesTheLocalTimeOfItsZone) {
  EXPECT_THAT(summer_times("cron(0 2 * * ? *)", "2026-01-01T00:00:00", 2),
              ElementsAreArray({"2026-01-01T01:00:00", "2026-01-02T01:00:00"}));
  EXPECT_THAT(summer_times("cron(0 2 * * ? *)", "2026-07-01T00:00:00", 1),
              ElementsAreArray({"2026-07-02T00:00:00"}));
  EXPECT_THAT(summer_times("cron(0 1 1 * ? *)", "2026-06-15T00:00:00", 1),
              ElementsAreArray({"2026-06-30T23:00:00"}));
  EXPECT_THAT(summer_times("at(2026-07-01T02:00:00)", "2026-01-01T00:00:00", 1),
              ElementsAreArray({"2026-07-01T00:00:00"}));
}

TEST(ScheduleInATimeZone, SkipsALocalTimeThatDoesNotExist) {
  EXPECT_THAT(summer_times("cron(30 2 * * ? *)", "2026-03-28T00:00:00", 2),
              ElementsAreArray({"2026-03-28T01:30:00", "2026-03-30T00:30:00"}));
  EXPECT_THAT(summer_times("cron(*/30 * * * ? *)", "2026-03-29T00:00:00", 3),
              ElementsAreArray({"2026-03-29T00:30:00", "2026-03-29T01:00:00", "2026-03-29T01:30:00"}));
}

TEST(ScheduleInATimeZone, UsesTheFirstOfAnAmbiguousLocalTime) {
  EXPECT_THAT(summer_times("cron(30 2 * * ? *)", "2026-10-24T12:00:00", 2),
              ElementsAreArray({"2026-10-25T00:30:00", "2026-10-26T01:30:00"}));
  EXPECT_THAT(summer_times("cron(*/30 * * * ? *)", "2026-10-25T00:00:00", 2),
              ElementsAreArray({"2026-10-25T00:30:00", "2026-10-25T02:00:00"}));
  EXPECT_THAT(summer_times("at(2026-10-25T02:30:00)", "2026-10-24T12:00:00", 2),
              ElementsAreArray({"2026-10-25T00:30:00", "never"}));
}

TEST(ScheduleInATimeZone, KeepsTheIntervalOfARate) {
  EXPECT_THAT(summer_times("rate(1 day)", "2026-03-28T12:00:00", 2),
              ElementsAreArray({"2026-03-29T12:00:00", "2026-03-30T12:00:00"}));
}

TEST(Schedule, CountsARateFromItsFirstMoment) {
  const Schedule schedule = Schedule::parse("rate(10 minutes)", utc_zone());
  EXPECT_EQ(schedule.next_after(Time(1000), Time(1000.7)), Time(1600));
  EXPECT_EQ(schedule.next_after(Time(1599.9), Time(1000.7)), Time(1600));
  EXPECT_EQ(schedule.next_after(Time(1600), Time(1000.7)), Time(2200));
  EXPECT_EQ(schedule.next_after(Time(1'000'000'123), Time(1000)), Time(1'000'000'600));
  EXPECT_EQ(schedule.next_after(Time(), Time(1000)), Time(1600));
}

TEST(Schedule, FindsTheLastTimeOfAPeriod) {
  const Schedule schedule = Schedule::parse("cron(0 2 * * ? *)", utc_zone());
  const auto last = [&](const std::string& from, const std::string& until) {
    const auto found = schedule.last_between(Time(seconds_of(from)), Time(seconds_of(until)), {});
    return found ? text_of(*found) : "never";
  };
  EXPECT_EQ(last("2026-01-01T02:00:00", "2026-01-02T01:59:59"), "never");
  EXPECT_EQ(last("2026-01-01T02:00:00", "2026-01-02T02:00:00"), "2026-01-02T02:00:00");
  EXPECT_EQ(last("2026-01-01T02:00:00", "2026-01-03T02:00:59"), "2026-01-03T02:00:00");
  EXPECT_EQ(last("1970-01-01T00:00:00", "2026-11-24T01:00:00"), "2026-11-23T02:00:00");
  EXPECT_EQ(last("2026-01-03T02:00:00", "2026-01-01T02:00:00"), "never");
}

TEST(Schedule, HasNoTimeAfterAnyMomentThatIsBeyondItsYears) {
  const Schedule schedule = Schedule::parse("cron(0 2 * * ? *)", utc_zone());
  EXPECT_EQ(schedule.next_after(Time(std::numeric_limits<double>::max()), {}), std::nullopt);
  EXPECT_EQ(schedule.next_after(Time::never(), {}), std::nullopt);
  EXPECT_EQ(schedule.next_after(Time(-std::numeric_limits<double>::max()), {}), Time(7200));
  EXPECT_EQ(Schedule::parse("rate(1 day)", utc_zone()).next_after(Time(1e300), {}), std::nullopt);
}

}  // namespace
}  // namespace sosw
