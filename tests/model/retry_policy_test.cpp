#include "sosw/model/retry_policy.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace sosw {
namespace {

constexpr double kMiddle = 0.5;  // the chance at which jitter changes nothing
constexpr Seconds kDuration = 900;

RetryPolicy exponential(Seconds base, double factor, Seconds max, double jitter = 0) {
  return {RetryPolicy::Kind::exponential, base, factor, max, jitter};
}

TEST(RetryDelay, GrowsFromAttemptToAttemptUpToTheMaximum) {
  const RetryPolicy policy = exponential(10, 2, 100);
  const Seconds expected[] = {10, 20, 40, 80, 100, 100};
  for (int attempts = 1; attempts <= 6; ++attempts)
    EXPECT_DOUBLE_EQ(retry_delay(policy, attempts, kDuration, kMiddle), expected[attempts - 1]) << attempts;
}

TEST(RetryDelay, StaysAtTheMaximumHoweverManyAttemptsWereMade) {
  for (const int attempts : {1000, 100'000, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(retry_delay(exponential(10, 2, 900), attempts, kDuration, kMiddle), 900) << attempts;
    EXPECT_EQ(retry_delay(exponential(10, 1, 900), attempts, kDuration, kMiddle), 10) << attempts;
    EXPECT_EQ(retry_delay(exponential(0, 2, 900), attempts, kDuration, kMiddle), 0) << attempts;
    EXPECT_TRUE(std::isfinite(
        retry_delay(exponential(10, 2, std::numeric_limits<double>::max(), 1), attempts, kDuration, 0.999)))
        << attempts;
  }
}

TEST(RetryDelay, IsNeverLongerThanTheMaximumEvenAtFirst) {
  EXPECT_EQ(retry_delay(exponential(1000, 2, 60), 1, kDuration, kMiddle), 60);
  EXPECT_EQ(retry_delay(exponential(10, 2, 0), 3, kDuration, kMiddle), 0);
}

TEST(RetryDelay, VariesByJitterInBothDirections) {
  const RetryPolicy policy = exponential(100, 2, 1000, 0.25);
  EXPECT_DOUBLE_EQ(retry_delay(policy, 1, kDuration, 0), 75);
  EXPECT_DOUBLE_EQ(retry_delay(policy, 1, kDuration, kMiddle), 100);
  EXPECT_NEAR(retry_delay(policy, 1, kDuration, std::nextafter(1.0, 0.0)), 125, 1e-9);
  for (int i = 0; i < 100; ++i) {
    const Seconds delay = retry_delay(exponential(100, 2, 110, 1), 1, kDuration, i / 100.0);
    EXPECT_GE(delay, 0);
    EXPECT_LE(delay, 110);
  }
}

TEST(RetryDelay, LinearIsTheDurationForEachAttempt) {
  RetryPolicy policy = exponential(10, 2, 60, 1);
  policy.kind = RetryPolicy::Kind::linear;
  EXPECT_EQ(retry_delay(policy, 1, kDuration, 0), 900);
  EXPECT_EQ(retry_delay(policy, 3, kDuration, 0.9), 2700);
}

TEST(RetryDelay, TakesATaskWithoutAttemptsAsOneWithTheFirst) {
  EXPECT_EQ(retry_delay(exponential(10, 2, 900), 0, kDuration, kMiddle), 10);
}

}  // namespace
}  // namespace sosw
