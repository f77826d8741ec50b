#include "sosw/model/manual_moves.h"

#include <gmock/gmock.h>

#include "sosw/model/greenfield.h"

namespace sosw {
namespace {

using Closed = TaskRecord::Closed;

constexpr Time kNow{1'795'490'346.75};

TaskRecord queued() { return {.task = {.task_id = "t", .labourer_id = "a", .greenfield = 7}}; }
TaskRecord invoked() { return queued_at(invoked_greenfield(kNow), queued()); }

TaskRecord completed() {
  TaskRecord record = invoked();
  record.task.completed_at = kNow;
  return record;
}

TEST(Cancellations, AreForWhatHasNotBegun) {
  EXPECT_TRUE(can_be_cancelled(queued(), kNow));
  EXPECT_TRUE(can_be_cancelled(waiting_until(kNow + 60, invoked()), kNow));
  EXPECT_FALSE(can_be_cancelled(invoked(), kNow));
  EXPECT_FALSE(can_be_cancelled(invoked(), kNow + 1'000'000)) << "expired";
  EXPECT_FALSE(can_be_cancelled(completed(), kNow));
  for (const Closed as : {Closed::completed, Closed::dead, Closed::cancelled})
    EXPECT_FALSE(can_be_cancelled(closed_as(queued(), as, kNow), kNow));
}

TEST(Revivals, AreForWhatIsDeadOrWaits) {
  EXPECT_EQ(revival_of(closed_as(invoked(), Closed::dead, kNow)), Revival::renewal);
  EXPECT_EQ(revival_of(waiting_until(kNow, invoked())), Revival::hastening);
  EXPECT_EQ(revival_of(closed_as(invoked(), Closed::completed, kNow)), Revival::none);
  EXPECT_EQ(revival_of(closed_as(queued(), Closed::cancelled, kNow)), Revival::none);
  for (const TaskRecord& open : {queued(), invoked(), completed()})
    EXPECT_EQ(revival_of(open), Revival::none);
}

TEST(Revivals, HastenWhatIsNotDueYet) {
  EXPECT_EQ(hastened_due(waiting_until(kNow + 60, queued()), kNow), kNow);
  EXPECT_EQ(hastened_due(waiting_until(kNow - 60, queued()), kNow), kNow - 60);
}

TEST(Revivals, LeaveNothingOfTheAttempts) {
  TaskRecord dead = closed_as(completed(), Closed::dead, kNow);
  dead.task.created_at = kNow - 60;
  dead.task.payload = "{}";
  dead.task.attempts = dead.task.failed_attempts = 3;
  dead.task.token = dead.task.stats = dead.task.result = dead.task.reason = "x";
  dead.task.invoked_at = kNow;
  const TaskRecord as_new = renewed(dead, 9);
  EXPECT_TRUE(is_queued(as_new, kNow));
  EXPECT_FALSE(as_new.closed_at);
  const Task& task = as_new.task;
  EXPECT_EQ(task.task_id + task.labourer_id + task.payload, "ta{}");
  EXPECT_EQ(task.created_at, kNow - 60);
  EXPECT_EQ(task.greenfield, 9);
  EXPECT_EQ(task.attempts + task.failed_attempts, 0);
  EXPECT_EQ(task.token + task.stats + task.result + task.reason, "");
  EXPECT_FALSE(task.invoked_at);
}

TEST(Revivals, SayWhichTaskCanNotBeReadAnyMore) {
  EXPECT_THAT(unreadable_payload("t17"), testing::HasSubstr("task t17 can't be tried again"));
}

}  // namespace
}  // namespace sosw
