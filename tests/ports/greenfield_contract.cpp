// Where tasks stand by their greenfields, and where the ranges of SPEC 3 end.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class GreenfieldContract : public StoreContract {
 protected:
  /// A task at that greenfield, without token and invoked_at, as another system leaves one.
  std::string task_at(std::int64_t greenfield) {
    const std::string id = schedule_one();
    std::vector<Task> claimed = claim(1);
    EXPECT_EQ(ids_of(claimed), Ids{id});
    claimed.at(0).greenfield = greenfield;
    tasks.release(claimed);
    EXPECT_EQ(record(id).task.greenfield, greenfield);
    return id;
  }

  std::vector<Task> expired(Time now, Seconds attempt_timeout = kAttemptTimeout) {
    return tasks.expired("worker", now, attempt_timeout, kAll);
  }

  Report failure(const std::string& id, Time now) {
    return {.task_id = id, .succeeded = false, .now = now, .attempt_timeout = kAttemptTimeout};
  }

  const std::int64_t second_ = whole_unix_seconds(kNow);
  const Band band_ = band_of(Priority::normal);
};
INSTANTIATE_TEST_SUITE_P(Stores, GreenfieldContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(GreenfieldContract, TheQueueEndsBelowTheSecondOfNow) {
  const std::string behind = task_at(second_);
  const std::string last = task_at(second_ - 1);
  EXPECT_EQ(count().queued, 1);
  EXPECT_EQ(count().expired, 1);
  EXPECT_EQ(ids_of(expired(kNow)), Ids{behind});
  EXPECT_EQ(report(failure(last, kNow)), ReportOutcome::stale) << "it does not run";
  EXPECT_THAT(admin.cancel(std::vector{behind, last}, kNow), ElementsAre(false, true));
  EXPECT_THAT(claim(10), IsEmpty());
  EXPECT_EQ(jobs.cancel_job(*job_id_of(behind), kNow), 0);
  EXPECT_EQ(ids_of(claim(10, kNow + 1)), Ids{behind}) << "a second later it is queued";
}

TEST_P(GreenfieldContract, TheLastOfTheQueueIsClaimed) {
  const std::string behind = task_at(second_);
  const std::string last = task_at(second_ - 1);
  EXPECT_EQ(ids_of(claim(10)), Ids{last});
}

TEST_P(GreenfieldContract, ATaskThatAnotherSystemInvokedIsExpiredByItsFailure) {
  const std::string id = task_at(invoked_greenfield(kNow - 5));
  EXPECT_EQ(count().running, 1);
  EXPECT_EQ(report(failure(id, kNow)), ReportOutcome::recorded);
  EXPECT_EQ(ids_of(expired(kNow)), Ids{id});
  EXPECT_EQ(count().expired, 1);
  const TaskRecord failed = record(id);
  EXPECT_EQ(failed.task.greenfield, newest_expired_greenfield(kNow, kAttemptTimeout)) << "just expired";
  EXPECT_EQ(failed.task.invoked_at, static_cast<Time>(second_ - 5)) << "what the greenfield said is kept";
  EXPECT_EQ(report(failure(id, kNow + 1)), ReportOutcome::repeated);
  EXPECT_EQ(described(record(id)), described(failed));
}

TEST_P(GreenfieldContract, ALateFailureStandsBelowItsInvocation) {
  const std::string id = task_at(invoked_greenfield(kNow - 2 * kAttemptTimeout));
  EXPECT_EQ(report(failure(id, kNow)), ReportOutcome::recorded);
  EXPECT_EQ(record(id).task.greenfield, invoked_greenfield(kNow - 2 * kAttemptTimeout) - 1);
  EXPECT_EQ(report(failure(id, kNow)), ReportOutcome::repeated);
}

TEST_P(GreenfieldContract, WithLapseZeroNothingRuns) {
  schedule(2);
  claim(1, kNow + 7200, "1");  // by a clock that is ahead
  const TaskCounts counts = tasks.count("worker", kNow, 0);
  EXPECT_EQ(counts.queued, 1);
  EXPECT_EQ(counts.running, 0);
  EXPECT_EQ(counts.expired, 1);
}

TEST_P(GreenfieldContract, WhatIsCompletedLeavesTheQueue) {
  const std::string queued = schedule_one();
  Job later = some_job();
  later.run_at = kNow + 60;
  const std::string waiting = schedule(later, 1).front();
  for (const std::string& id : {queued, waiting}) {
    const Report success{.task_id = id, .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout};
    EXPECT_EQ(report(success), ReportOutcome::recorded);
    EXPECT_GE(record(id).task.greenfield, second_);
  }
  const std::string running = schedule_one();
  claim(1, kNow - 30);
  report({.task_id = running, .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  EXPECT_EQ(record(running).task.greenfield, invoked_greenfield(kNow - 30)) << "when it began can be read";
}

TEST_P(GreenfieldContract, WhereABandEndsTasksShareItsLastPosition) {
  task_at(band_.last);
  const Ids ids = schedule(2);
  for (const std::string& id : ids) EXPECT_EQ(record(id).task.greenfield, band_.last);
}

TEST_P(GreenfieldContract, WhereABandBeginsTasksShareItsFirstPosition) {
  const Ids ids = schedule(2);
  std::vector<Task> claimed = claim(2);
  postpone(ids[1], kNow);
  claimed.pop_back();
  claimed[0].greenfield = band_.first;
  tasks.release(claimed);
  EXPECT_EQ(ids_of(tasks.requeue_due("worker", kNow, 10)), Ids{ids[1]});
  EXPECT_EQ(record(ids[1]).task.greenfield, band_.first);
}

}  // namespace
}  // namespace sosw
