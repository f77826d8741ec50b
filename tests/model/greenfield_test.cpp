#include "sosw/model/greenfield.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

constexpr Time kNow{1'795'490'346.8965256};
constexpr std::int64_t kSecond = 1'795'490'346;  // the whole second of kNow
constexpr Seconds kLapse = 1200;

Task task_at(std::int64_t greenfield, bool completed = false) {
  Task task;
  task.greenfield = greenfield;
  if (completed) task.completed_at = kNow;
  return task;
}

TEST(Greenfield, TellsTheStateOfATask) {
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
    EXPECT_EQ(to_string(state_of(task_at(greenfield), kNow, kLapse)), to_string(open)) << greenfield;
    EXPECT_EQ(state_of(task_at(greenfield, true), kNow, kLapse), TaskState::completed) << greenfield;
  }
}

TEST(Greenfield, AnInvokedTaskRunsUntilItsLapseIsOver) {
  struct Case {
    Seconds later;
    TaskState state;
  };
  const Case cases[] = {{0, TaskState::running},          {1, TaskState::running},
                        {kLapse - 1, TaskState::running}, {kLapse, TaskState::expired},
                        {kLapse + 1, TaskState::expired}, {31'000'000, TaskState::expired}};
  const Task task = task_at(invoked_greenfield(kNow));
  for (const auto& [later, state] : cases)
    EXPECT_EQ(to_string(state_of(task, kNow + later, kLapse)), to_string(state)) << later;
}

TEST(Greenfield, KeepsTheInvocationTime) {
  EXPECT_EQ(invoked_greenfield(kNow) - kGreenfieldDelta, kSecond);
  EXPECT_EQ(invoked_greenfield(Time(kSecond)) - kGreenfieldDelta, kSecond);
}

TEST(Greenfield, WithoutALapseEveryInvokedTaskIsExpired) {
  EXPECT_EQ(newest_expired_greenfield(kNow, 0), invoked_greenfield(kNow));
}

TEST(Greenfield, KnowsAReportedFailureFromOneThatRanOutOfTime) {
  Task task = task_at(invoked_greenfield(kNow));
  EXPECT_FALSE(failure_was_reported(task));
  task.invoked_at = kNow;
  EXPECT_FALSE(failure_was_reported(task));
  task.greenfield = newest_expired_greenfield(kNow + 5, kLapse);
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

TEST(Bands, LieBelowNowWithRoomForAppendsOfStep1000) {
  EXPECT_LT(band_of(Priority::low).last + 100'000 * 1000, kSecond);
}

TEST(Bands, TellThePriorityOfAQueuedTask) {
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
