#include "sosw/model/health.h"

#include <limits>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

using testing::HasSubstr;
using enum Feelings::Comparison;

using Thresholds = std::map<Health, double>;
const Thresholds kFalling = {
    {Health::poor, 90}, {Health::moderate, 70}, {Health::good, 50}, {Health::high, 30}};
const Thresholds kRising = {{Health::poor, 10}, {Health::good, 50}};

std::string error_for(const Thresholds& thresholds, Feelings::Comparison comparison) {
  try {
    const Feelings feelings(thresholds, comparison);
  } catch (const InvalidConfig& error) {
    return error.what();
  }
  return "";
}

TEST(Feelings, JudgeByTheBestStatusWhoseThresholdIsSatisfied) {
  struct Case {
    double value;
    Health le, lt;
  };
  const Case cases[] = {
      {29, Health::high, Health::high},     {30, Health::high, Health::good},
      {31, Health::good, Health::good},     {50, Health::good, Health::moderate},
      {70, Health::moderate, Health::poor}, {90, Health::poor, Health::bad},
      {91, Health::bad, Health::bad},       {-1e300, Health::high, Health::high},
  };
  for (const auto& [value, with_le, with_lt] : cases) {
    EXPECT_EQ(Feelings(kFalling, le).judge(value), with_le) << value;
    EXPECT_EQ(Feelings(kFalling, lt).judge(value), with_lt) << value;
  }
}

TEST(Feelings, JudgeValuesThatShouldBeLarge) {
  struct Case {
    double value;
    Health ge, gt;
  };
  const Case cases[] = {{9, Health::bad, Health::bad},
                        {10, Health::poor, Health::bad},
                        {49, Health::poor, Health::poor},
                        {50, Health::good, Health::poor},
                        {51, Health::good, Health::good}};
  for (const auto& [value, with_ge, with_gt] : cases) {
    EXPECT_EQ(Feelings(kRising, ge).judge(value), with_ge) << value;
    EXPECT_EQ(Feelings(kRising, gt).judge(value), with_gt) << value;
  }
}

TEST(Feelings, JudgeNaNAsBad) {
  for (const auto comparison : {le, lt})
    EXPECT_EQ(Feelings(kFalling, comparison).judge(std::numeric_limits<double>::quiet_NaN()), Health::bad);
  EXPECT_EQ(Feelings(kFalling, le).judge(std::numeric_limits<double>::infinity()), Health::bad);
  EXPECT_EQ(Feelings(kRising, ge).judge(std::numeric_limits<double>::infinity()), Health::good);
}

TEST(Feelings, MustGetStricterAsTheStatusRises) {
  EXPECT_EQ(error_for(kFalling, lt), "");
  EXPECT_EQ(error_for(kRising, gt), "");
  EXPECT_EQ(error_for(kRising, le),
            "the threshold of feeling 3 (50) must be smaller than that of feeling 1 (10)");
  EXPECT_EQ(error_for(kFalling, ge),
            "the threshold of feeling 2 (70) must be greater than that of feeling 1 (90)");
  const Thresholds equal = {{Health::poor, 5}, {Health::good, 5}};
  for (const auto comparison : {le, lt, ge, gt})
    EXPECT_THAT(error_for(equal, comparison), HasSubstr("feeling 3 (5) must be"));
}

TEST(Feelings, MustNameAStatus) { EXPECT_THAT(error_for({}, le), HasSubstr("at least one")); }

TEST(Feelings, KnowTheirComparisons) {
  EXPECT_EQ(comparison_from("le"), le);
  EXPECT_EQ(comparison_from("<="), le);
  EXPECT_EQ(comparison_from("lt"), lt);
  EXPECT_EQ(comparison_from("<"), lt);
  EXPECT_EQ(comparison_from("ge"), ge);
  EXPECT_EQ(comparison_from(">="), ge);
  EXPECT_EQ(comparison_from("gt"), gt);
  EXPECT_EQ(comparison_from(">"), gt);
  for (const char* other : {"", "eq", "LE", "=<", "=="}) EXPECT_FALSE(comparison_from(other)) << other;
}

TEST(HealthNames, AreThoseOfThePythonSystem) {
  const char* names[] = {"Bad", "Poor", "Moderate", "Good", "High"};
  for (int status = 0; status <= 4; ++status)
    EXPECT_EQ(to_string(static_cast<Health>(status)), names[status]);
}

}  // namespace
}  // namespace sosw
