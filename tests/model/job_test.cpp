#include "sosw/model/job.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

TEST(JobProgress, IsFinishedWhenAllOfAKnownTotalAreClosed) {
  JobProgress progress{.scheduled = 10, .completed = 6, .dead = 3, .cancelled = 1};
  EXPECT_EQ(progress.closed(), 10);
  EXPECT_EQ(progress.open(), 0);
  EXPECT_FALSE(progress.finished());
  progress.total = 11;
  EXPECT_FALSE(progress.finished());
  progress.total = 10;
  EXPECT_TRUE(progress.finished());
}

TEST(JobProgress, WithoutTasksIsFinishedOnlyWhenThatIsKnown) {
  EXPECT_FALSE(JobProgress{}.finished());
  EXPECT_TRUE(JobProgress{.total = 0}.finished());
}

TEST(JobProgress, CountsTasksAsTheyAreClosed) {
  JobProgress progress;
  progress.count(TaskRecord::Closed::completed);
  progress.count(TaskRecord::Closed::dead, 3);
  progress.count(TaskRecord::Closed::dead, -1);
  progress.count(TaskRecord::Closed::cancelled);
  EXPECT_EQ(progress.completed, 1);
  EXPECT_EQ(progress.dead, 2);
  EXPECT_EQ(progress.cancelled, 1);
}

TEST(JobProgress, TasksAreAppendedWhereTheCursorStands) {
  JobProgress progress;
  EXPECT_TRUE(progress.can_append_at(0));
  progress.append(2, false);
  EXPECT_EQ(progress.scheduled, 2);
  EXPECT_FALSE(progress.total);
  EXPECT_FALSE(progress.can_append_at(0));
  EXPECT_TRUE(progress.can_append_at(2));
  progress.append(1, true);
  EXPECT_EQ(progress.total, 3);
  EXPECT_FALSE(progress.can_append_at(3)) << "it is wholly cut";
}

TEST(JobProgress, AJobThatIsStoppedHasWhatWasWritten) {
  JobProgress cut = {.scheduled = 2};
  cut.stop();
  EXPECT_EQ(cut.total, 2);
  EXPECT_FALSE(cut.can_append_at(2));
  JobProgress whole = {.scheduled = 3, .total = 3};
  whole.stop();
  EXPECT_EQ(whole.total, 3);
}

TEST(NewTasks, WaitWhileTheTimeOfTheirJobIsToCome) {
  Job job;
  job.job_id = "00000000000000aa";
  job.labourer_id = "a";
  for (const auto& run_at : {std::optional<Time>(), std::optional(Time(100))}) {
    job.run_at = run_at;
    const TaskRecord queued = new_task(job, 3, "{}", 7, Time(100));
    EXPECT_TRUE(is_queued(queued, Time(100)));
    EXPECT_EQ(queued.task.task_id, "00000000000000aa0000000000000003");
    EXPECT_EQ(queued.task.greenfield, 7);
    EXPECT_EQ(queued.task.created_at, Time(100));
    EXPECT_EQ(queued.task.attempts, 0);
  }
  job.run_at = Time(100.5);
  EXPECT_TRUE(begins_later(job, Time(100)));
  const TaskRecord waiting = new_task(job, 3, "{}", 7, Time(100));
  EXPECT_EQ(waiting.table, TaskRecord::Table::retry);
  EXPECT_EQ(waiting.due, Time(100.5));
}

}  // namespace
}  // namespace sosw
