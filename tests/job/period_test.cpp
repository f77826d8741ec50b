#include "job/period.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "job/refusal.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Period, EndsYesterdayOrBeforeThat) {
  EXPECT_THAT(days_of_period("last_2_days", "2024-03-01"), ElementsAre("2024-02-28", "2024-02-29"));
  EXPECT_THAT(days_of_period("previous_2_days", "2024-03-01"), ElementsAre("2024-02-26", "2024-02-27"));
  EXPECT_THAT(days_of_period("2_days_back", "2024-03-01"), ElementsAre("2024-02-28"));
  EXPECT_THAT(days_of_period("0_days_back", "2024-03-01"), ElementsAre("2024-03-01"));
}

TEST(Period, TakesTheLastCompleteWeekAlsoOnSundays) {
  EXPECT_EQ(days_of_period("last_week", "2026-11-22").front(), "2026-11-15") << "a Sunday";
  EXPECT_EQ(days_of_period("last_week", "2026-11-28").front(), "2026-11-15") << "a Saturday";
  EXPECT_EQ(days_of_period("last_week", "2026-11-22").back(), "2026-11-21");
}

TEST(Period, NamesTheValidForms) {
  for (const char* period :
       {"last_0_days", "last__days", "last_1.5_days", "last_+1_days", " today", "last_1_days ", "_days_back",
        "last_99999999999999999999_days", "last_800000_days", "last_days", "last_5_days_back"})
    EXPECT_THAT(refusal_of<InvalidJob>([&] { days_of_period(period, "2026-11-24"); }),
                AllOf(HasSubstr("last_N_days"), HasSubstr("previous_N_days"), HasSubstr("N_days_back"),
                      HasSubstr("last_week"), HasSubstr(period)));
}

TEST(Period, ReachesBackToTheBeginningOfTheCalendar) {
  EXPECT_THAT(days_of_period("last_2_days", "0001-01-03"), ElementsAre("0001-01-01", "0001-01-02"));
  EXPECT_THROW(days_of_period("last_2_days", "0001-01-02"), InvalidJob);
}

TEST(Period, NeedsADateForToday) {
  EXPECT_THAT(refusal_of<InvalidJob>([] { days_of_period("today", "now"); }), HasSubstr("YYYY-MM-DD"));
}

TEST(Dates, AreValidCalendarDates) {
  EXPECT_TRUE(is_date("2024-02-29"));
  for (const char* text : {"2023-02-29", "2024-2-29", "2024-13-01", "2024-00-10", "24-02-29", "2024/02/29",
                           "2024-02-29 ", "0000-01-01", "-024-01-01", ""})
    EXPECT_FALSE(is_date(text)) << text;
}

TEST(Dates, BeginAtMidnightUtc) {
  EXPECT_EQ(utc_date(Time()), "1970-01-01");
  EXPECT_EQ(utc_date(Time(1795478399.999)), "2026-11-23");
  EXPECT_EQ(utc_date(Time(1795478400)), "2026-11-24");
  EXPECT_EQ(utc_date(Time(-0.5)), "1969-12-31");
}

}  // namespace
}  // namespace sosw
