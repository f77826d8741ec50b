// TaskStore::report, completed and expired.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using enum ReportOutcome;

class ReportContract : public StoreContract {
 protected:
  static Report success(const std::string& id, std::optional<std::string> token = {}, Time now = kNow + 10) {
    return {.task_id = id,
            .succeeded = true,
            .token = std::move(token),
            .now = now,
            .attempt_timeout = kAttemptTimeout};
  }
  static Report failure(const std::string& id, std::optional<std::string> token = {}, Time now = kNow + 10) {
    return {.task_id = id,
            .succeeded = false,
            .token = std::move(token),
            .now = now,
            .attempt_timeout = kAttemptTimeout};
  }

  std::vector<Task> expired(Time now = kNow + 10, Seconds attempt_timeout = kAttemptTimeout) {
    return tasks.expired("worker", now, attempt_timeout, kAll);
  }

  /// A task whose attempt "1" failed and whose attempt "2" runs.
  std::string in_second_attempt() {
    std::string id = schedule_one();
    claim_one(kNow, "1");
    postpone(id, kNow);
    tasks.requeue_due("worker", kNow, 10);
    claim_one(kNow + 5, "2");
    return id;
  }

  void expect_unchanged_by(const Report& sent, ReportOutcome outcome) {
    const std::string before = described(record(sent.task_id));
    EXPECT_EQ(report(sent), outcome);
    EXPECT_EQ(described(record(sent.task_id)), before);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, ReportContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(ReportContract, ASuccessMakesTheTaskCompleted) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  Report sent = success(id, "1");
  sent.stats = R"({"calls": 3})";
  sent.result = R"({"rows": [1, 2.50]})";
  EXPECT_EQ(report(sent), recorded);
  const TaskRecord stored = record(id);
  EXPECT_EQ(stored.table, Table::queue);
  EXPECT_EQ(stored.task.completed_at, kNow + 10);
  EXPECT_EQ(stored.task.stats, sent.stats);
  EXPECT_EQ(stored.task.result, sent.result);
  EXPECT_EQ(stored.task.attempts, 1);
  EXPECT_EQ(stored.task.failed_attempts, 0);
  EXPECT_EQ(ids_of(tasks.completed("worker", 10)), Ids{id});
  EXPECT_EQ(count().running, 0);
}

TEST_P(ReportContract, AFailureMakesTheTaskExpiredAtOnce) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  Report sent = failure(id, "1");
  sent.stats = R"({"calls": 3})";
  sent.result = R"({"partial": true})";
  sent.reason = "no such table";
  EXPECT_EQ(report(sent), recorded);
  const std::vector<Task> gone = expired();
  ASSERT_EQ(ids_of(gone), Ids{id});
  EXPECT_EQ(gone[0].failed_attempts, 1);
  EXPECT_EQ(gone[0].attempts, 1);
  EXPECT_EQ(gone[0].stats, sent.stats);
  EXPECT_EQ(gone[0].result, sent.result);
  EXPECT_EQ(gone[0].reason, "no such table");
  EXPECT_EQ(gone[0].token, "1");
  EXPECT_EQ(gone[0].invoked_at, kNow);
  EXPECT_EQ(state_of(gone[0], kNow + 10, kAttemptTimeout), TaskState::expired);
  EXPECT_EQ(count(kNow + 10).expired, 1);
}

TEST_P(ReportContract, AFailureInTheSecondOfTheInvocationExpiresTheTaskToo) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  EXPECT_EQ(report(failure(id, "1", kNow)), recorded);
  EXPECT_EQ(ids_of(expired(kNow)), Ids{id});
}

TEST_P(ReportContract, ReportsWithoutATokenCountForTheRunningAttempt) {
  const Ids ids = schedule(2);
  claim(2);
  EXPECT_EQ(report(success(ids[0])), recorded);
  EXPECT_EQ(report(failure(ids[1])), recorded);
  EXPECT_EQ(ids_of(tasks.completed("worker", 10)), Ids{ids[0]});
  EXPECT_EQ(ids_of(expired()), Ids{ids[1]});
}

TEST_P(ReportContract, ARepeatedReportChangesNothing) {
  const Ids ids = schedule(4);
  claim(4, kNow, "1");
  report(success(ids[0], "1"));
  report(success(ids[1]));
  report(failure(ids[2], "1"));
  report(failure(ids[3]));
  Report again = success(ids[0], "1", kNow + 20);
  again.result = R"({"other": 1})";
  expect_unchanged_by(again, repeated);
  expect_unchanged_by(success(ids[1], {}, kNow + 20), repeated);
  expect_unchanged_by(failure(ids[2], "1", kNow + 20), repeated);
  expect_unchanged_by(failure(ids[3], {}, kNow + 20), repeated);
}

TEST_P(ReportContract, AFailureAfterASuccessOfTheSameAttemptChangesNothing) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  report(success(id, "1"));
  expect_unchanged_by(failure(id, "1", kNow + 20), repeated);
  expect_unchanged_by(failure(id, {}, kNow + 20), repeated);
}

TEST_P(ReportContract, ASuccessAfterAFailureOfTheSameAttemptCompletesTheTask) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  report(failure(id, "1"));
  EXPECT_EQ(report(success(id, "1", kNow + 20)), recorded);
  EXPECT_THAT(expired(kNow + 20), IsEmpty());
  EXPECT_EQ(ids_of(tasks.completed("worker", 10)), Ids{id});
}

TEST_P(ReportContract, AFailureOfAnOlderAttemptIsStale) {
  const std::string id = in_second_attempt();
  expect_unchanged_by(failure(id, "1"), stale);
  expect_unchanged_by(failure(id, "nobody's"), stale);
  EXPECT_EQ(report(failure(id, "2")), recorded) << "the newest attempt is still heard";
}

TEST_P(ReportContract, ASuccessOfAnOlderAttemptCompletesTheTask) {
  const std::string id = in_second_attempt();
  EXPECT_EQ(report(success(id, "1")), recorded);
  EXPECT_EQ(record(id).task.completed_at, kNow + 10);
  EXPECT_EQ(record(id).task.token, "2") << "whose attempt is under way stays known";
}

TEST_P(ReportContract, ASuccessCountsWhereverTheTaskWaits) {
  const Ids ids = schedule(3);
  claim(2, kNow, "1");
  postpone(ids[0], kNow + 600);
  postpone(ids[1], kNow);
  tasks.requeue_due("worker", kNow, 10);
  EXPECT_EQ(report(success(ids[0], "1")), recorded) << "it waits for a retry";
  EXPECT_EQ(report(success(ids[1], "1")), recorded) << "it is queued again";
  EXPECT_EQ(report(success(ids[2])), recorded) << "it was never claimed";
  EXPECT_THAT(ids_of(tasks.completed("worker", 10)), UnorderedElementsAre(ids[0], ids[1], ids[2]));
  for (const std::string& id : ids) EXPECT_EQ(record(id).table, Table::queue);
  EXPECT_THAT(claim(10, kNow + 20), IsEmpty()) << "what is completed is never invoked";
  EXPECT_THAT(tasks.requeue_due("worker", kNow + 900, 10), IsEmpty());
  EXPECT_FALSE(tasks.next_due());
  EXPECT_EQ(count(kNow + 20).completed, 3);
}

TEST_P(ReportContract, ASuccessAfterTheTaskExpiredCompletesIt) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  EXPECT_EQ(report(success(id, "1", kNow + 2 * kAttemptTimeout)), recorded);
  EXPECT_THAT(expired(kNow + 2 * kAttemptTimeout), IsEmpty());
}

TEST_P(ReportContract, AFailureOfAnExpiredTaskSaysWhy) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  Report late = failure(id, "1", kNow + 2 * kAttemptTimeout);
  late.reason = "too slow";
  EXPECT_EQ(report(late), recorded);
  const auto gone = expired(kNow + 2 * kAttemptTimeout);
  ASSERT_EQ(ids_of(gone), Ids{id});
  EXPECT_EQ(gone[0].reason, "too slow");
  EXPECT_EQ(gone[0].failed_attempts, 1);
}

TEST_P(ReportContract, AFailureDoesNotTouchATaskThatDoesNotRun) {
  const Ids ids = schedule(3);
  claim(2, kNow, "1");
  postpone(ids[0], kNow + 600);
  postpone(ids[1], kNow);
  tasks.requeue_due("worker", kNow, 10);
  expect_unchanged_by(failure(ids[0], "1"), repeated);
  expect_unchanged_by(failure(ids[1], "1"), repeated);
  expect_unchanged_by(failure(ids[0]), stale);
  expect_unchanged_by(failure(ids[1]), stale);
  expect_unchanged_by(failure(ids[2]), stale);
  expect_unchanged_by(failure(ids[2], "1"), stale);
}

TEST_P(ReportContract, AClosedTaskStaysAsItIs) {
  const Ids ids = schedule(3);
  claim(2, kNow, "1");
  settle({.task_id = ids[0], .now = kNow});
  close_as_dead(ids[1]);
  admin.cancel(std::span(ids).subspan(2), kNow);
  for (const std::string& id : ids)
    for (const auto& token : {std::optional<std::string>("1"), std::optional<std::string>()}) {
      expect_unchanged_by(success(id, token), closed);
      expect_unchanged_by(failure(id, token), closed);
    }
}

TEST_P(ReportContract, ReportsOnTasksThatDoNotExistAreUnknown) {
  const std::string id = schedule_one();
  for (const std::string& stranger :
       {task_id("00000000000000ff", 0), task_id(*job_id_of(id), 1), id + "0", id.substr(1), std::string(),
        std::string("no id at all"), std::string(32, 'F'), std::string(5000, 'a')}) {
    EXPECT_EQ(report(success(stranger)), unknown) << stranger;
    EXPECT_EQ(report(failure(stranger, "1")), unknown) << stranger;
  }
}

TEST_P(ReportContract, StatsAndResultOfAnEarlierAttemptStayUntilThereAreNewOnes) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  Report sent = failure(id, "1");
  sent.stats = R"({"a": 1})";
  sent.result = R"({"b": 2})";
  sent.reason = "first";
  report(sent);
  postpone(id, kNow + 10);
  tasks.requeue_due("worker", kNow + 10, 10);
  const Task again = claim_one(kNow + 20, "2");
  EXPECT_EQ(again.stats, R"({"a": 1})");
  EXPECT_EQ(again.result, R"({"b": 2})");
  EXPECT_EQ(again.reason, "first");
  EXPECT_EQ(again.failed_attempts, 1);
  report(success(id, "2", kNow + 30));
  EXPECT_EQ(record(id).task.stats, R"({"a": 1})");
  EXPECT_EQ(record(id).task.result, R"({"b": 2})");
}

TEST_P(ReportContract, AFailureWithoutAReasonHasNotThatOfAnEarlierAttempt) {
  const std::string id = schedule_one();
  claim_one(kNow, "1");
  Report sent = failure(id, "1");
  sent.reason = "first";
  report(sent);
  postpone(id, kNow + 10);
  tasks.requeue_due("worker", kNow + 10, 10);
  claim_one(kNow + 20, "2");
  EXPECT_EQ(report(failure(id, "2", kNow + 30)), recorded);
  EXPECT_EQ(record(id).task.reason, "");
  EXPECT_EQ(record(id).task.failed_attempts, 2);
}

TEST_P(ReportContract, ABatchReturnsAnOutcomeForEachReport) {
  const Ids ids = schedule(3);
  claim(3, kNow, "1");
  settle({.task_id = ids[2], .now = kNow});
  const std::vector<Report> batch = {success(ids[0], "1"), success(ids[0], "1"), failure(ids[1], "other"),
                                     success("nobody"),    failure(ids[2], "1"), failure(ids[1], "1")};
  const auto answer = [](ReportOutcome outcome, const std::string& labourer_id) {
    return AllOf(Field(&ReportAnswer::outcome, outcome), Field(&ReportAnswer::labourer_id, labourer_id));
  };
  EXPECT_THAT(tasks.report(batch),
              ElementsAre(answer(recorded, "worker"), answer(repeated, "worker"), answer(stale, "worker"),
                          answer(unknown, ""), answer(closed, "worker"), answer(recorded, "worker")));
  EXPECT_THAT(tasks.report({}), IsEmpty());
}

TEST_P(ReportContract, CompletedTasksAreThoseOfOneLabourerUpToAtMost) {
  const Ids mine = schedule(3);
  const Ids others = schedule(some_job("other"), 1);
  for (const std::string& id : mine) report(success(id));
  report(success(others[0]));
  EXPECT_THAT(tasks.completed("worker", 2), SizeIs(2));
  EXPECT_THAT(ids_of(tasks.completed("worker", kAll)), UnorderedElementsAre(mine[0], mine[1], mine[2]));
  EXPECT_EQ(ids_of(tasks.completed("other", 10)), others);
  EXPECT_THAT(tasks.completed("worker", 0), IsEmpty());
  settle({.task_id = mine[0], .now = kNow});
  EXPECT_THAT(ids_of(tasks.completed("worker", kAll)), UnorderedElementsAre(mine[1], mine[2]));
}

TEST_P(ReportContract, ATaskExpiresAfterTheAttemptTimeout) {
  const Ids ids = schedule(2);
  claim(1, kNow, "1");
  EXPECT_THAT(expired(kNow), IsEmpty());
  EXPECT_THAT(expired(kNow + kAttemptTimeout - 1), IsEmpty());
  EXPECT_EQ(ids_of(expired(kNow + kAttemptTimeout)), Ids{ids[0]});
  EXPECT_EQ(ids_of(expired(kNow + kAttemptTimeout + 100'000)), Ids{ids[0]});
  EXPECT_THAT(expired(kNow + 50, 100), IsEmpty()) << "it is the attempt timeout that is asked for";
  EXPECT_EQ(ids_of(expired(kNow + 100, 100)), Ids{ids[0]});
}

TEST_P(ReportContract, WithAttemptTimeoutZeroEveryInvokedTaskIsExpired) {
  const Ids ids = schedule(6);
  claim(4, kNow, "1");
  report(success(ids[0], "1"));
  report(failure(ids[1], "1"));
  postpone(ids[2], kNow + 60);
  EXPECT_THAT(ids_of(expired(kNow, 0)), UnorderedElementsAre(ids[1], ids[3]));
}

TEST_P(ReportContract, WithAttemptTimeoutZeroEvenATaskInvokedByAFastClockIsExpired) {
  const Ids ids = schedule(2);
  claim(1, kNow + 7200, "1");
  EXPECT_EQ(ids_of(expired(kNow, 0)), Ids{ids[0]});
  EXPECT_TRUE(postpone(ids[0], kNow));
}

TEST_P(ReportContract, ExpiredTasksAreThoseOfOneLabourerUpToAtMost) {
  const Ids mine = schedule(3);
  const Ids others = schedule(some_job("other"), 1);
  claim(3, kNow, "1");
  claim(1, kNow, "1", "other");
  const Time later = kNow + kAttemptTimeout;
  EXPECT_THAT(tasks.expired("worker", later, kAttemptTimeout, 2), SizeIs(2));
  EXPECT_THAT(ids_of(expired(later)), UnorderedElementsAre(mine[0], mine[1], mine[2]));
  EXPECT_EQ(ids_of(tasks.expired("other", later, kAttemptTimeout, 10)), others);
  EXPECT_THAT(tasks.expired("worker", later, kAttemptTimeout, 0), IsEmpty());
}

}  // namespace
}  // namespace sosw
