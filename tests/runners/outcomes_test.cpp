#include "runners/outcomes.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sosw {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Seconds kVeryLong = 3600;

TEST(OutcomesTest, KeepTheOrderOfArrival) {
  Outcomes outcomes;
  outcomes.put({.took = 1});
  outcomes.put({.took = 2});
  const auto taken = outcomes.take();
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_EQ(taken[0].took, 1);
  EXPECT_EQ(taken[1].took, 2);
  EXPECT_THAT(outcomes.take(), IsEmpty());
}

TEST(OutcomesTest, EndAWaitWhenOneArrives) {
  Outcomes outcomes;
  std::jthread other([&] { outcomes.put({}); });
  outcomes.wait_for(kVeryLong);
  EXPECT_THAT(outcomes.take(), SizeIs(1));
}

TEST(OutcomesTest, AreReturnedWithoutWaitingWhenSomeAreThere) {
  Outcomes outcomes;
  outcomes.put({});
  outcomes.wait_for(kVeryLong);
}

TEST(OutcomesTest, RememberAWakeBeforeTheWait) {
  Outcomes outcomes;
  outcomes.wake();
  outcomes.wait_for(kVeryLong);
  outcomes.wait_for(0);
  std::jthread other([&] { outcomes.wake(); });
  outcomes.wait_for(kVeryLong);
  EXPECT_THAT(outcomes.take(), IsEmpty());
}

}  // namespace
}  // namespace sosw
