#include "sosw/model/report.h"

#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"

namespace sosw {
namespace {

using Table = TaskRecord::Table;
using enum ReportOutcome;

constexpr Time kNow{1'795'490'346.75};
constexpr Seconds kAttemptTimeout = 1200;

Report success(std::optional<std::string> token = {}) {
  return {.succeeded = true, .token = std::move(token), .now = kNow, .attempt_timeout = kAttemptTimeout};
}

Report failure(std::optional<std::string> token = {}) {
  return {.succeeded = false, .token = std::move(token), .now = kNow, .attempt_timeout = kAttemptTimeout};
}

/// In its second attempt, "2", for a minute.
TaskRecord running() {
  return {.task = {.greenfield = invoked_greenfield(kNow - 60),
                   .attempts = 2,
                   .token = "2",
                   .invoked_at = kNow - 60,
                   .failed_attempts = 1,
                   .stats = "s",
                   .result = "r",
                   .reason = "first"}};
}

TaskRecord queued() { return queued_at(band_of(Priority::normal).start, running()); }
TaskRecord waiting() { return waiting_until(kNow + 60, running()); }

TaskRecord completed() {
  TaskRecord record = running();
  record.task.completed_at = kNow - 1;
  return record;
}

TEST(ReportOutcomes, ASuccessCountsWhereverTheTaskIs) {
  for (const TaskRecord& record : {running(), queued(), waiting()})
    for (const auto& token : {std::optional<std::string>(), {"1"}, {"2"}})
      EXPECT_EQ(outcome_of(success(token), record), recorded);
  EXPECT_EQ(outcome_of(success("2"), completed()), repeated);
}

TEST(ReportOutcomes, AFailureIsHeardFromTheNewestAttemptOnly) {
  EXPECT_EQ(outcome_of(failure("2"), running()), recorded);
  EXPECT_EQ(outcome_of(failure(), running()), recorded);
  EXPECT_EQ(outcome_of(failure("1"), running()), stale);
  EXPECT_EQ(outcome_of(failure("1"), completed()), stale);
  EXPECT_EQ(outcome_of(failure("2"), completed()), repeated);
}

TEST(ReportOutcomes, AFailureOfATaskThatWasNotInvokedIsKnownOrStale) {
  for (const TaskRecord& record : {queued(), waiting()}) {
    EXPECT_EQ(outcome_of(failure("2"), record), repeated) << "its end is known";
    EXPECT_EQ(outcome_of(failure(), record), stale) << "it may be any attempt";
  }
}

TEST(ReportOutcomes, AFailureIsRecordedOnce) {
  const TaskRecord failed = after_report(failure("2"), running());
  EXPECT_EQ(outcome_of(failure("2"), failed), repeated);
  EXPECT_EQ(outcome_of(failure(), failed), repeated);
  EXPECT_EQ(outcome_of(success("2"), failed), recorded);
}

TEST(ReportOutcomes, NothingChangesAClosedTask) {
  for (const auto as :
       {TaskRecord::Closed::completed, TaskRecord::Closed::dead, TaskRecord::Closed::cancelled})
    for (const Report& report : {success("2"), failure("2"), failure("1")})
      EXPECT_EQ(outcome_of(report, closed_as(running(), as, kNow)), closed);
}

TEST(AfterAReport, ASuccessIsCompletedInTheQueueTable) {
  for (const TaskRecord& record : {running(), queued(), waiting()}) {
    const TaskRecord done = after_report(success(), record);
    EXPECT_EQ(done.table, Table::queue);
    EXPECT_FALSE(done.due);
    EXPECT_EQ(done.task.completed_at, kNow);
    EXPECT_FALSE(queued_range(kNow).contains(done.task.greenfield));
    EXPECT_EQ(done.task.reason, "first") << "of the attempt that failed";
    EXPECT_EQ(done.task.failed_attempts, 1);
  }
  EXPECT_EQ(after_report(success(), running()).task.greenfield, running().task.greenfield);
  EXPECT_EQ(after_report(success(), queued()).task.greenfield, invoked_greenfield(kNow));
}

TEST(AfterAReport, AFailureIsExpiredAndItsInvocationStaysKnown) {
  const Task failed = after_report(failure("2"), running()).task;
  EXPECT_EQ(state_of(failed, kNow, kAttemptTimeout), TaskState::expired);
  EXPECT_EQ(failed.greenfield, newest_expired_greenfield(kNow, kAttemptTimeout));
  EXPECT_EQ(failed.invoked_at, kNow - 60);
  EXPECT_TRUE(failure_was_reported(failed));
  EXPECT_EQ(failed.failed_attempts, 2);
  EXPECT_EQ(failed.reason, "") << "it gave none";
  EXPECT_FALSE(failed.completed_at);
}

TEST(AfterAReport, AnInvocationTimeThatNobodyKeptIsReadFromTheGreenfield) {
  TaskRecord record = running();
  record.task.invoked_at.reset();
  const Task failed = after_report(failure(), record).task;
  EXPECT_EQ(failed.invoked_at, static_cast<Time>(record.task.greenfield - kGreenfieldDelta));
  EXPECT_EQ(state_of(failed, kNow, kAttemptTimeout), TaskState::expired);
  EXPECT_TRUE(failure_was_reported(failed));
}

TEST(AfterAReport, WordsTakeThePlaceOfEarlierOnes) {
  Report word = failure("2");
  EXPECT_EQ(after_report(word, running()).task.stats, "s");
  EXPECT_EQ(after_report(word, running()).task.result, "r");
  word.stats = "new";
  word.result = "newer";
  word.reason = "second";
  const Task failed = after_report(word, running()).task;
  EXPECT_EQ(failed.stats, "new");
  EXPECT_EQ(failed.result, "newer");
  EXPECT_EQ(failed.reason, "second");
}

TEST(AfterAReport, ATaskShowsWhichReportChangedIt) {
  EXPECT_TRUE(shows(success(), after_report(success(), queued()).task));
  EXPECT_TRUE(shows(failure("2"), after_report(failure("2"), running()).task));
  EXPECT_FALSE(shows(success(), completed().task)) << "at another time";
  EXPECT_FALSE(shows(failure("2"), running().task));
  Report earlier = failure("2");
  earlier.now -= 30;
  EXPECT_FALSE(shows(failure("2"), after_report(earlier, running()).task));
}

}  // namespace
}  // namespace sosw
