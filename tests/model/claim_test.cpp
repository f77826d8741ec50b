#include "sosw/model/claim.h"

#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"

namespace sosw {
namespace {

constexpr Time kNow{1'795'490'346.75};

const Claim kClaim{
    .labourer_id = "a", .at_most = 10, .limit = 12, .now = kNow, .attempt_timeout = 60, .token = "2"};

TaskRecord queued() {
  return {.task = {.greenfield = 7, .attempts = 1, .payload = "{}", .token = "1", .invoked_at = kNow - 60}};
}

TaskRecord invoked() {
  TaskRecord record = queued();
  record.task = after_claim(kClaim, record.task);
  return record;
}

TEST(Claims, HaveRoomUpToTheLimit) {
  EXPECT_EQ(room_for(kClaim, 0), 10);
  EXPECT_EQ(room_for(kClaim, 2), 10);
  EXPECT_EQ(room_for(kClaim, 3), 9);
  EXPECT_EQ(room_for(kClaim, 12), 0);
  EXPECT_LT(room_for(kClaim, 13), 0) << "the limit was lowered";
}

TEST(Claims, BeginAnAttempt) {
  const Task task = after_claim(kClaim, queued().task);
  EXPECT_EQ(task.greenfield, invoked_greenfield(kNow));
  EXPECT_EQ(task.attempts, 2);
  EXPECT_EQ(task.token, "2");
  EXPECT_EQ(task.invoked_at, kNow);
}

TEST(Claims, HandOutWhereTheTaskStood) {
  const Task task = handed_out(kClaim, queued().task);
  EXPECT_EQ(task.greenfield, 7);
  EXPECT_EQ(task.attempts, 1);
  EXPECT_EQ(task.token, "2");
  EXPECT_EQ(task.invoked_at, kNow);
}

TEST(Releases, AreOfTheNewestAttempt) {
  const Task refused = handed_out(kClaim, queued().task);
  EXPECT_TRUE(can_be_released(refused, invoked()));
  EXPECT_TRUE(can_be_released(refused, queued_at(3, invoked()))) << "given up meanwhile, not tried again";
  TaskRecord other = invoked();
  other.task.token = "3";
  EXPECT_FALSE(can_be_released(refused, other));
  other = invoked();
  other.task.completed_at = kNow;
  EXPECT_FALSE(can_be_released(refused, other));
  EXPECT_FALSE(can_be_released(refused, waiting_until(kNow, invoked())));
  EXPECT_FALSE(can_be_released(refused, closed_as(invoked(), TaskRecord::Closed::dead, kNow)));
  EXPECT_FALSE(can_be_released(Task{}, TaskRecord{})) << "nobody claimed it";
}

TEST(Releases, CostNoAttempt) {
  const Task task = after_release(handed_out(kClaim, queued().task), invoked().task);
  EXPECT_EQ(task.greenfield, 7);
  EXPECT_EQ(task.attempts, 1);
  EXPECT_EQ(task.token, "");
  EXPECT_FALSE(task.invoked_at);
  EXPECT_EQ(task.payload, "{}");
}

}  // namespace
}  // namespace sosw
