#include "sosw/model/greenfield.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

constexpr Time kNow{1'795'490'346.8965256};
constexpr std::int64_t kSecond = 1'795'490'346;  // the whole second of kNow
constexpr Seconds kAttemptTimeout = 1200;

Task task_at(std::int64_t greenfield, bool completed = false) {
  Task task;
  task.greenfield = greenfield;
  if (completed) task.completed_at = kNow;
  return task;
}

TEST(Greenfield, GivesTheStateOfATask) {
  struct Case {
    std::int64_t greenfield;
    TaskState open;  ///< without completed_at
  };
  const std::int64_t oldest_running = kSecond + kGreenfieldDelta - 1200 + 1;
  const Case cases[] = {
      {-100, TaskState::queued},
      {0, TaskState::queued},
      {1000, TaskState::queued},
      {kSecond - 1, TaskState::queued},
      {kSecond, TaskState::expired},
      {kSecond + 1, TaskState::expired},
      {oldest_running - 1, TaskState::expired},
      {oldest_running, TaskState::running},
      {kSecond + kGreenfieldDelta, TaskState::running},
      {kSecond + kGreenfieldDelta + 5, TaskState::running},  // invoked by a clock that is ahead
  };
  for (const auto& [greenfield, open] : cases) {
    EXPECT_EQ(to_string(state_of(task_at(greenfield), kNow, kAttemptTimeout)), to_string(open)) << greenfield;
    EXPECT_EQ(state_of(task_at(greenfield, true), kNow, kAttemptTimeout), TaskState::completed) << greenfield;
  }
}

TEST(Greenfield, AnInvokedTaskRunsUntilItsAttemptTimeout) {
  struct Case {
    Seconds later;
    TaskState state;
  };
  const Case cases[] = {{0, TaskState::running},
                        {1, TaskState::running},
                        {kAttemptTimeout - 1, TaskState::running},
                        {kAttemptTimeout, TaskState::expired},
                        {kAttemptTimeout + 1, TaskState::expired},
                        {31'000'000, TaskState::expired}};
  const Task task = task_at(invoked_greenfield(kNow));
  for (const auto& [later, state] : cases)
    EXPECT_EQ(to_string(state_of(task, kNow + later, kAttemptTimeout)), to_string(state)) << later;
}

TEST(Greenfield, KeepsTheInvocationTime) {
  EXPECT_EQ(invoked_greenfield(kNow) - kGreenfieldDelta, kSecond);
  EXPECT_EQ(invoked_greenfield(Time(kSecond)) - kGreenfieldDelta, kSecond);
}

TEST(Greenfield, WithAttemptTimeoutZeroEveryInvokedTaskIsExpired) {
  EXPECT_EQ(newest_expired_greenfield(kNow, 0), invoked_greenfield(kNow));
  EXPECT_EQ(state_of(task_at(invoked_greenfield(kNow + 7200)), kNow, 0), TaskState::expired);
  EXPECT_EQ(expired_range(kNow, 0), invoked_range(kNow));
  EXPECT_LT(running_range(kNow, 0).last, running_range(kNow, 0).first);
}

TEST(Greenfield, TheRangesFollowEachOther) {
  EXPECT_EQ(queued_range(kNow).first, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(queued_range(kNow).last, kSecond - 1);
  EXPECT_EQ(invoked_range(kNow).first, kSecond);
  EXPECT_EQ(expired_range(kNow, kAttemptTimeout).first, kSecond);
  EXPECT_EQ(expired_range(kNow, kAttemptTimeout).last, newest_expired_greenfield(kNow, kAttemptTimeout));
  EXPECT_EQ(running_range(kNow, kAttemptTimeout).first, newest_expired_greenfield(kNow, kAttemptTimeout) + 1);
  EXPECT_EQ(running_range(kNow, kAttemptTimeout).last, std::numeric_limits<std::int64_t>::max());
}

TEST(Greenfield, ARangeHasBothItsEnds) {
  const GreenfieldRange range{3, 5};
  for (const std::int64_t in : {3, 4, 5}) EXPECT_TRUE(range.contains(in));
  for (const std::int64_t out : {2, 6}) EXPECT_FALSE(range.contains(out));
}

TEST(Greenfield, CompletedTasksStandBehindAllBands) {
  EXPECT_EQ(completed_range().first, band_of(Priority::low).last + 1);
  EXPECT_TRUE(completed_range().contains(invoked_greenfield(kNow)));
  EXPECT_EQ(completed_greenfield(kSecond - 1, kNow), invoked_greenfield(kNow));
  EXPECT_EQ(completed_greenfield(kSecond, kNow), kSecond);
  EXPECT_EQ(completed_greenfield(invoked_greenfield(kNow - 5), kNow), invoked_greenfield(kNow - 5));
}

TEST(Greenfield, TellsTheInvocationTimeThatNobodyKept) {
  Task task = task_at(invoked_greenfield(kNow));
  EXPECT_EQ(invocation_time(task), static_cast<Time>(kSecond));
  task.invoked_at = kNow;
  EXPECT_EQ(invocation_time(task), kNow);
}

TEST(Greenfield, OfAFailureIsExpiredAndBelowItsInvocation) {
  EXPECT_EQ(failed_greenfield(task_at(invoked_greenfield(kNow)), kNow + 5, kAttemptTimeout),
            newest_expired_greenfield(kNow + 5, kAttemptTimeout));
  EXPECT_EQ(failed_greenfield(task_at(invoked_greenfield(kNow)), kNow + 2 * kAttemptTimeout, kAttemptTimeout),
            invoked_greenfield(kNow) - 1);
}

TEST(Greenfield, DistinguishesAReportedFailureFromATimeout) {
  Task task = task_at(invoked_greenfield(kNow));
  EXPECT_FALSE(failure_was_reported(task));
  task.invoked_at = kNow;
  EXPECT_FALSE(failure_was_reported(task));
  task.greenfield = newest_expired_greenfield(kNow + 5, kAttemptTimeout);
  EXPECT_TRUE(failure_was_reported(task));
}

TEST(Greenfield, NamesItsStates) {
  EXPECT_EQ(to_string(TaskState::queued), "queued");
  EXPECT_EQ(to_string(TaskState::running), "running");
  EXPECT_EQ(to_string(TaskState::completed), "completed");
  EXPECT_EQ(to_string(TaskState::expired), "expired");
}

TEST(Bands, FollowEachOtherWithoutOverlap) {
  const Band high = band_of(Priority::high);
  const Band normal = band_of(Priority::normal);
  const Band low = band_of(Priority::low);
  for (const Band& band : {high, normal, low}) {
    EXPECT_LT(band.first, band.start);
    EXPECT_LT(band.start, band.last);
  }
  EXPECT_EQ(high.last + 1, normal.first);
  EXPECT_EQ(normal.last + 1, low.first);
}

TEST(Bands, HoldAHundredMillionTasksBehindTheStartAndInFront) {
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
    const Band band = band_of(priority);
    EXPECT_GE(band.last - band.start, 100'000'000);
    EXPECT_GE(band.start - band.first, 100'000'000);
    EXPECT_EQ(priority_of(band.start + 100'000'000), priority);
  }
}

TEST(Bands, StayBelowNowWithRoomForAppendsOfStep1000) {
  EXPECT_LT(band_of(Priority::low).last + 100'000 * 1000, kSecond);
}

TEST(Bands, GiveThePriorityOfAQueuedTask) {
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
    EXPECT_EQ(priority_of(band_of(priority).first), priority);
    EXPECT_EQ(priority_of(band_of(priority).start), priority);
    EXPECT_EQ(priority_of(band_of(priority).last), priority);
  }
  EXPECT_EQ(priority_of(-1), Priority::high);
  EXPECT_EQ(priority_of(kSecond - 1), Priority::low);
}

TEST(Priorities, AreKnownByTheirNames) {
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low})
    EXPECT_EQ(priority_from(to_string(priority)), priority);
  EXPECT_EQ(to_string(Priority::high), "high");
  for (const char* other : {"", "High", "urgent", "low "}) EXPECT_FALSE(priority_from(other)) << other;
}

}  // namespace
}  // namespace sosw
