#include "model/decision.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

constexpr Time kDecided{1000};

Labourer labourer_with(int maximum) {
  Labourer labourer;
  labourer.max_simultaneous_invocations = maximum;
  return labourer;
}

std::int64_t limit_of(int maximum, Health health, const Coefficients& coefficients = kDefaultCoefficients) {
  return allowance(labourer_with(maximum), {}, {health, "db"}, coefficients).limit;
}

TEST(Allowance, IsTheShareThatTheHealthAllowsRoundedDown) {
  EXPECT_EQ(limit_of(10, Health::high), 10);
  EXPECT_EQ(limit_of(4, Health::good), 3);
  EXPECT_EQ(limit_of(10, Health::good), 7);
  EXPECT_EQ(limit_of(1, Health::good), 0);
  EXPECT_EQ(limit_of(5, Health::moderate), 2);
  EXPECT_EQ(limit_of(1000, Health::poor), 0);
  EXPECT_EQ(limit_of(1000, Health::bad), 0);
}

TEST(Allowance, LosesNothingToTheRoundingOfDoubles) {
  for (int percent = 0; percent <= 100; ++percent)
    for (int hundreds = 1; hundreds <= 50; ++hundreds) {
      const Coefficients coefficients = {0, 0, percent / 100.0, 0, 1};
      EXPECT_EQ(limit_of(100 * hundreds, Health::moderate, coefficients), percent * hundreds)
          << percent << " % of " << 100 * hundreds;
    }
  EXPECT_EQ(limit_of(30, Health::good, {0, 0, 0, 0.1, 1}), 3);
}

TEST(Allowance, NeverExceedsTheMaximum) {
  EXPECT_EQ(limit_of(2'147'483'647, Health::high), 2'147'483'647);
  EXPECT_EQ(limit_of(0, Health::high), 0);
}

TEST(Allowance, SaysWhatSetsIt) {
  const Labourer labourer = labourer_with(10);
  const Condition fine;
  EXPECT_EQ(allowance(labourer, {}, fine, kDefaultCoefficients).reason, "max_simultaneous_invocations");
  EXPECT_EQ(allowance(labourer, {.limit = 3}, fine, kDefaultCoefficients).reason, "the limit that was set");
  EXPECT_EQ(allowance(labourer, {}, {Health::poor, "db feels Poor (93)"}, kDefaultCoefficients).reason,
            "db feels Poor (93)");
  EXPECT_EQ(allowance(labourer, {}, fine, {0, 0, 0, 0, 0.5}).reason, "invocation_number_coefficient of High");
}

TEST(Allowance, FollowsALimitThatWasSet) {
  EXPECT_EQ(allowance(labourer_with(10), {.limit = 4}, {Health::good, "db"}, kDefaultCoefficients).limit, 3);
  EXPECT_EQ(allowance(labourer_with(10), {.limit = 40}, {}, kDefaultCoefficients).limit, 40);
  EXPECT_EQ(allowance(labourer_with(10), {.limit = 0}, {}, kDefaultCoefficients).limit, 0);
}

TEST(Allowance, IsZeroWhilePaused) {
  const auto paused = allowance(labourer_with(10), {.paused = true, .limit = 5}, {}, kDefaultCoefficients);
  EXPECT_EQ(paused.limit, 0);
  EXPECT_EQ(paused.reason, "paused");
}

TEST(RetryDecision, RetriesUntilMaxAttempts) {
  Labourer labourer;
  labourer.max_attempts = 3;
  labourer.retry = {RetryPolicy::Kind::exponential, 10, 3, 900, 0};
  const RetryDecision first = after_failure(labourer, 1, kDecided, 0.5);
  EXPECT_FALSE(first.dead);
  EXPECT_EQ(first.due, kDecided + 10);
  EXPECT_EQ(first.reason, "attempt 1 of 3 failed, the next in 10.0 s");
  EXPECT_EQ(after_failure(labourer, 2, kDecided, 0.5).due, kDecided + 30);
  const RetryDecision last = after_failure(labourer, 3, kDecided, 0.5);
  EXPECT_TRUE(last.dead);
  EXPECT_EQ(last.reason, "attempt 3 of 3 failed");
  EXPECT_TRUE(after_failure(labourer, 4, kDecided, 0.5).dead);
}

TEST(RetryDecision, ALinearDelayIsOfTheLabourersDuration) {
  Labourer labourer;
  labourer.duration = 60;
  labourer.retry.kind = RetryPolicy::Kind::linear;
  EXPECT_EQ(after_failure(labourer, 2, kDecided, 0.9).due, kDecided + 120);
}

TEST(RetryDecision, OneAttemptMeansNoRetry) {
  Labourer labourer;
  labourer.max_attempts = 1;
  EXPECT_TRUE(after_failure(labourer, 1, kDecided, 0.5).dead);
}

}  // namespace
}  // namespace sosw
