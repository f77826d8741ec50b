// TaskStore::settle.

#include <algorithm>

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SettleContract : public StoreContract {
 protected:
  /// Scheduled and claimed with the token "1".
  Ids running(int count) {
    Ids ids = schedule(count);
    claim(count, kNow, "1");
    return ids;
  }

  void expect_stays(const Settlement& move, const std::string& why = "") {
    const std::string before = described(record(move.task_id));
    EXPECT_FALSE(settle(move)) << why;
    EXPECT_EQ(described(record(move.task_id)), before) << why;
    expect_sound();
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, SettleContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(SettleContract, ACompletedTaskIsArchivedWithAllItsFields) {
  const std::string id = running(1)[0];
  EXPECT_TRUE(settle({.task_id = id,
                      .now = kNow + 7,
                      .stats = R"({"calls": 1})",
                      .result = R"({"ok": true})",
                      .reason = "a remark"}));
  const TaskRecord archived = record(id);
  EXPECT_EQ(archived.table, Table::closed);
  EXPECT_EQ(archived.closed, ClosedAs::completed);
  EXPECT_EQ(archived.closed_at, kNow + 7);
  EXPECT_EQ(archived.task.completed_at, kNow + 7) << "it had none yet";
  EXPECT_EQ(archived.task.stats, R"({"calls": 1})");
  EXPECT_EQ(archived.task.result, R"({"ok": true})");
  EXPECT_EQ(archived.task.reason, "a remark");
  EXPECT_EQ(archived.task.attempts, 1);
  EXPECT_EQ(archived.task.labourer_id, "worker");
  EXPECT_EQ(archived.task.payload, R"({"item": 0})");
  EXPECT_EQ(progress(*job_id_of(id)).completed, 1);
  EXPECT_TRUE(progress(*job_id_of(id)).finished());
}

TEST_P(SettleContract, ReportedFieldsAreKeptInTheArchive) {
  const std::string id = running(1)[0];
  report({.task_id = id,
          .succeeded = true,
          .now = kNow + 3,
          .attempt_timeout = kAttemptTimeout,
          .stats = R"({"s": 1})",
          .result = R"({"r": 2})"});
  EXPECT_TRUE(settle({.task_id = id, .now = kNow + 60}));
  const TaskRecord archived = record(id);
  EXPECT_EQ(archived.task.completed_at, kNow + 3);
  EXPECT_EQ(archived.closed_at, kNow + 60);
  EXPECT_EQ(archived.task.stats, R"({"s": 1})");
  EXPECT_EQ(archived.task.result, R"({"r": 2})");
  EXPECT_THAT(tasks.completed("worker", 10), IsEmpty());
}

TEST_P(SettleContract, ACompletionCountsFromEveryTable) {
  const Ids ids = schedule(6);
  claim(4, kNow, "1");
  postpone(ids[0], kNow + 600);
  report({.task_id = ids[1], .succeeded = false, .now = kNow, .attempt_timeout = kAttemptTimeout});
  postpone(ids[2], kNow);
  tasks.requeue_due("worker", kNow, 10);
  for (const std::string& id : ids) EXPECT_TRUE(settle({.task_id = id, .now = kNow + 5})) << id;
  for (const std::string& id : ids) EXPECT_EQ(record(id).closed, ClosedAs::completed);
  EXPECT_EQ(progress(*job_id_of(ids[0])).completed, 6);
  const TaskCounts left = count(kNow + 5000);
  EXPECT_EQ(left.queued + left.running + left.expired + left.completed + left.waiting, 0);
  EXPECT_FALSE(tasks.next_due());
}

TEST_P(SettleContract, AFencedCompletionOnlyMovesAnUnchangedTask) {
  const Ids ids = running(3);
  const Seen as_invoked = {invoked_greenfield(kNow), "1"};
  EXPECT_TRUE(settle({.task_id = ids[0], .seen = as_invoked, .now = kNow}));
  expect_stays({.task_id = ids[1], .seen = Seen{as_invoked.greenfield, "2"}, .now = kNow}, "another token");
  expect_stays({.task_id = ids[1], .seen = Seen{as_invoked.greenfield - 1, "1"}, .now = kNow});
  postpone(ids[2], kNow + 60);
  expect_stays({.task_id = ids[2], .seen = as_invoked, .now = kNow}, "it waits for a retry by now");
}

TEST_P(SettleContract, ADeadTaskIsClosedWithItsReason) {
  const std::string id = running(1)[0];
  EXPECT_TRUE(settle({.task_id = id,
                      .to = To::dead,
                      .seen = seen(id),
                      .now = kNow + 7,
                      .stats = R"({"s": 1})",
                      .result = R"({"r": 2})",
                      .reason = "too often"}));
  const TaskRecord dead = record(id);
  EXPECT_EQ(dead.table, Table::closed);
  EXPECT_EQ(dead.closed, ClosedAs::dead);
  EXPECT_EQ(dead.closed_at, kNow + 7);
  EXPECT_FALSE(dead.task.completed_at);
  EXPECT_EQ(dead.task.reason, "too often");
  EXPECT_EQ(dead.task.stats, R"({"s": 1})");
  EXPECT_EQ(dead.task.result, R"({"r": 2})");
  EXPECT_EQ(dead.task.attempts, 1);
  EXPECT_EQ(progress(*job_id_of(id)).dead, 1);
  EXPECT_TRUE(progress(*job_id_of(id)).finished());
}

TEST_P(SettleContract, ARetriedTaskWaitsUntilItIsDue) {
  const std::string id = running(1)[0];
  EXPECT_TRUE(settle({.task_id = id,
                      .to = To::retry,
                      .seen = seen(id),
                      .now = kNow + 7,
                      .due = kNow + 37.5,
                      .stats = R"({"s": 1})",
                      .result = R"({"r": 2})",
                      .reason = "once"}));
  const TaskRecord waiting = record(id);
  EXPECT_EQ(waiting.table, Table::retry);
  EXPECT_EQ(waiting.due, kNow + 37.5);
  EXPECT_EQ(waiting.task.attempts, 1);
  EXPECT_EQ(waiting.task.reason, "once");
  EXPECT_EQ(waiting.task.stats, R"({"s": 1})");
  EXPECT_EQ(waiting.task.result, R"({"r": 2})");
  EXPECT_EQ(waiting.task.payload, R"({"item": 0})");
  EXPECT_EQ(progress(*job_id_of(id)).closed(), 0);
  EXPECT_EQ(count().waiting, 1);
  EXPECT_EQ(count().running, 0);
}

TEST_P(SettleContract, EmptyTextsKeepTheStoredValues) {
  const Ids ids = running(2);
  for (const std::string& id : ids)
    report({.task_id = id,
            .succeeded = false,
            .now = kNow,
            .attempt_timeout = kAttemptTimeout,
            .stats = R"({"s": 1})",
            .result = R"({"r": 2})",
            .reason = "because"});
  settle({.task_id = ids[0], .to = To::retry, .seen = seen(ids[0]), .now = kNow, .due = kNow + 60});
  settle({.task_id = ids[1], .to = To::dead, .seen = seen(ids[1]), .now = kNow});
  for (const std::string& id : ids) {
    const Task task = record(id).task;
    EXPECT_EQ(task.stats, R"({"s": 1})");
    EXPECT_EQ(task.result, R"({"r": 2})");
    EXPECT_EQ(task.reason, "because");
    EXPECT_EQ(task.failed_attempts, 1);
  }
}

TEST_P(SettleContract, ATaskThatChangedSinceIsNotMoved) {
  const std::string id = running(1)[0];
  const Seen first_attempt = seen(id);
  const Settlement retry = {
      .task_id = id, .to = To::retry, .seen = first_attempt, .now = kNow, .due = kNow + 60};
  const Settlement dead = {.task_id = id, .to = To::dead, .seen = first_attempt, .now = kNow};

  report({.task_id = id, .succeeded = false, .now = kNow + 1, .attempt_timeout = kAttemptTimeout});
  expect_stays(retry, "a report made it expired since");
  expect_stays(dead);
  postpone(id, kNow);
  expect_stays(retry, "it waits already");
  expect_stays(dead);
  tasks.requeue_due("worker", kNow, 10);
  expect_stays(retry, "it is queued again");
  expect_stays(dead);
  claim_one(kNow, "2");
  EXPECT_EQ(seen(id).greenfield, first_attempt.greenfield) << "claimed in the same second";
  expect_stays(retry, "another attempt runs");
  expect_stays(dead);
  close_as_dead(id);
  expect_stays(retry, "it is closed");
  expect_stays(dead);
}

TEST_P(SettleContract, ACompletedTaskNeverGoesToRetryOrDead) {
  const std::string id = running(1)[0];
  report({.task_id = id, .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  expect_stays({.task_id = id, .to = To::retry, .seen = seen(id), .now = kNow, .due = kNow + 60});
  expect_stays({.task_id = id, .to = To::dead, .seen = seen(id), .now = kNow});
  EXPECT_TRUE(settle({.task_id = id, .seen = seen(id), .now = kNow}));
}

TEST_P(SettleContract, OnlyACompletionMayBeUnfenced) {
  const std::string id = running(1)[0];
  expect_stays({.task_id = id, .to = To::retry, .now = kNow, .due = kNow + 60});
  expect_stays({.task_id = id, .to = To::dead, .now = kNow});
}

TEST_P(SettleContract, ATaskIsClosedOnce) {
  const Ids ids = schedule(4);
  claim(3, kNow, "1");
  const Seen as_invoked = seen(ids[0]);
  settle({.task_id = ids[0], .now = kNow});
  close_as_dead(ids[1]);
  settle({.task_id = ids[2], .seen = as_invoked, .now = kNow});
  admin.cancel(std::span(ids).subspan(3), kNow);
  for (const std::string& id : ids) {
    expect_stays({.task_id = id, .now = kNow + 1, .result = R"({"again": 1})"});
    for (const To to : {To::completed, To::dead, To::retry}) {
      expect_stays({.task_id = id, .to = to, .seen = as_invoked, .now = kNow + 1, .due = kNow + 60});
      expect_stays({.task_id = id, .to = to, .seen = seen(id), .now = kNow + 1, .due = kNow + 60});
    }
  }
  const JobProgress told = progress(*job_id_of(ids[0]));
  EXPECT_EQ(told.completed, 2);
  EXPECT_EQ(told.dead, 1);
  EXPECT_EQ(told.cancelled, 1);
}

TEST_P(SettleContract, ARepeatedBatchMovesNothing) {
  const Ids ids = running(3);
  std::vector<Settlement> moves;
  for (const To to : {To::completed, To::dead, To::retry})
    moves.push_back({.task_id = ids[moves.size()],
                     .to = to,
                     .seen = seen(ids[moves.size()]),
                     .now = kNow,
                     .due = kNow + 60});
  EXPECT_THAT(tasks.settle(moves), ElementsAre(true, true, true));
  expect_sound();
  EXPECT_THAT(tasks.settle(moves), ElementsAre(false, false, false));
  expect_sound();
}

TEST_P(SettleContract, ABatchReturnsAResultForEachMove) {
  const Ids ids = running(3);
  const std::vector<Settlement> moves = {
      {.task_id = ids[0], .now = kNow},
      {.task_id = ids[0], .now = kNow},
      {.task_id = task_id("00000000000000ff", 0), .now = kNow},
      {.task_id = "no id at all", .now = kNow},
      {.task_id = "", .to = To::dead, .seen = Seen{0, ""}, .now = kNow},
      {.task_id = ids[1], .to = To::dead, .seen = Seen{1, "1"}, .now = kNow},
      {.task_id = ids[2], .to = To::retry, .seen = seen(ids[2]), .now = kNow, .due = kNow},
  };
  EXPECT_THAT(tasks.settle(moves), ElementsAre(true, false, false, false, false, false, true));
  EXPECT_THAT(tasks.settle({}), IsEmpty());
}

TEST_P(SettleContract, OneBatchMayCloseTasksOfManyJobs) {
  std::vector<Settlement> moves;
  std::vector<std::string> job_ids;
  for (int i = 0; i < 20; ++i) {
    const Job job = some_job();
    job_ids.push_back(job.job_id);
    for (const std::string& id : schedule(job, i + 1)) moves.push_back({.task_id = id, .now = kNow});
  }
  std::swap(moves.front(), moves.back());
  EXPECT_THAT(tasks.settle(moves), Each(true));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(progress(job_ids[static_cast<std::size_t>(i)]).completed, i + 1);
}

TEST_P(SettleContract, ThousandsOfTasksGoThroughTheirWholeLifecycle) {
  const int many = std::min(3000, GetParam().many);
  const Ids ids = running(many);
  std::vector<Settlement> moves;
  for (int i = 0; i < many; ++i) {
    const To to = i % 3 == 0 ? To::completed : i % 3 == 1 ? To::dead : To::retry;
    moves.push_back({.task_id = ids[static_cast<std::size_t>(i)],
                     .to = to,
                     .seen = Seen{invoked_greenfield(kNow), "1"},
                     .now = kNow,
                     .due = kNow + 60});
  }
  EXPECT_THAT(tasks.settle(moves), Each(true));
  const JobProgress told = progress(*job_id_of(ids[0]));
  EXPECT_EQ(told.completed, many / 3);
  EXPECT_EQ(told.dead, many / 3);
  EXPECT_EQ(count().waiting, many / 3);
  EXPECT_EQ(tasks.requeue_due("worker", kNow + 60, kAll).size(), static_cast<std::size_t>(many / 3));
}

}  // namespace
}  // namespace sosw
