// What DynamoDB does to a store that other databases do not: late indexes, cut calls, neighbours.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"
#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "ports/soundness.h"
#include "store/dynamo/dynamo_store_fixture.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using To = Settlement::To;

class DynamoStoreTest : public DynamoStoreFixture {
 protected:
  void freeze(bool frozen) { aws_.control("freeze", {{"table", "sosw_tasks"}, {"frozen", frozen}}); }
};

TEST_F(DynamoStoreTest, TheLimitHoldsWhileTheIndexIsStale) {
  schedule(20);
  freeze(true);
  DynamoStore other(dynamo_, aws_.random);
  EXPECT_THAT(store_.claim(claim_of(3, 5, "a")), SizeIs(3));
  EXPECT_THAT(other.claim(claim_of(10, 5, "b", kNow + 1)), SizeIs(2)) << "the index shows that nothing runs";
  EXPECT_THAT(store_.claim(claim_of(10, 5, "c", kNow + 2)), IsEmpty());
  const std::string ended = task_id(kJobId, 0);
  EXPECT_EQ(store_.settle(std::vector<Settlement>{{.task_id = ended, .now = kNow + 3}}), std::vector{true});
  EXPECT_THAT(other.claim(claim_of(10, 5, "d", kNow + 3)), SizeIs(1)) << "what ended is known at once";
}

TEST_F(DynamoStoreTest, WhatWasMarkedLongAgoLeavesNoRowsBehind) {
  schedule(30);
  for (int i = 0; i < 10; ++i) store_.claim(claim_of(2, 30, "token " + std::to_string(i), kNow + 20 * i));
  store_.claim(claim_of(0, 30, "last", kNow + 300));
  int marks = 0;
  for (const json& row : rows("sosw_tasks")) {
    const auto key = row["task_id"]["S"].get<std::string>();
    marks += key.starts_with("sosw#marks#") ? 1 : 0;
  }
  EXPECT_LE(marks, 1);
  EXPECT_EQ(store_.count("worker", kNow + 200, kAttemptTimeout).running, 20);
}

TEST_F(DynamoStoreTest, AnotherOrchestratorWaitsForTheLease) {
  schedule(3);
  dynamo_.update(UpdateItem{.table = "sosw_tasks",
                            .key = {{"task_id", "sosw#lease#worker"}},
                            .update = "SET sosw_owner = :o, sosw_until = :u",
                            .placeholders = {{}, {{":o", "somebody"}, {":u", kNow + 30}}}});
  EXPECT_THAT(store_.claim(claim_of(3, 3, "a")), IsEmpty());
  EXPECT_THAT(store_.claim(claim_of(3, 3, "a", kNow + 31)), SizeIs(3)) << "its holder died";
}

TEST_F(DynamoStoreTest, AMarkWithALostAnswerIsResolved) {
  for (const char* what : {"cut_after", "error_after", "cut_before", "error_before"}) {
    aws_.control("reset", json::object());
    create_tables();
    DynamoStore store(dynamo_, aws_.random);
    store.accept(some_job());
    store.append(some_job(), 0, payloads(1), true, kNow);
    trouble("UpdateItem", what, 2);  // after the lease was taken and the mark announced
    const auto claimed = store.claim(claim_of(1, 1, "a"));
    ASSERT_THAT(claimed, SizeIs(1)) << what;
    EXPECT_EQ(claimed[0].attempts, 0) << what;
    EXPECT_TRUE(band_of(Priority::normal).start == claimed[0].greenfield) << what;
    EXPECT_EQ(store.find(task_id(kJobId, 0))->task.attempts, 1) << what;
  }
}

TEST_F(DynamoStoreTest, TasksThatMayAlreadyExistAreNotWrittenAgain) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "cut_after");
  trouble("BatchGetItem", "cut_before", 0, 4);
  EXPECT_THROW(store_.append(some_job(), 0, payloads(3), true, kNow), StoreError);
  const auto claimed = store_.claim(claim_of(1, 9, "a"));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(store_.append(some_job(), 0, payloads(3), true, kNow + 5), 3);
  EXPECT_EQ(store_.find(claimed[0].task_id)->task.token, "a") << "it runs";
  EXPECT_THAT(store_.claim(claim_of(9, 9, "b", kNow + 6)), SizeIs(2));
  expect_sound(store_, store_);
}

TEST_F(DynamoStoreTest, TwoSchedulersDoNotChunkTheSameJobAtOnce) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "error_before", 0, 1'000'000);
  EXPECT_THROW(store_.append(some_job(), 0, payloads(3), true, kNow), StoreError);
  aws_.control("calm", json::object());
  DynamoStore other(dynamo_, aws_.random);
  EXPECT_EQ(other.append(some_job(), 0, payloads(3), true, kNow + 1), 0) << "the first one may still write";
  EXPECT_EQ(other.append(some_job(), 0, payloads(3), true, kNow + 301), 3) << "the first one died";
  expect_sound(other, other);
}

TEST_F(DynamoStoreTest, ATaskTakesFewCalls) {
  constexpr int kTasks = 1000;
  const auto calls_a_task = [&] { return static_cast<double>(aws_.operations().size()) / kTasks; };
  aws_.operations();
  schedule(kTasks);
  EXPECT_LT(calls_a_task(), 0.05);
  const auto claimed = store_.claim(claim_of(kTasks, kTasks, "a"));
  ASSERT_THAT(claimed, SizeIs(kTasks));
  EXPECT_LT(calls_a_task(), 1.05);
  std::vector<Settlement> moves;
  std::vector<Report> reports;
  for (const Task& task : claimed) {
    reports.push_back({.task_id = task.task_id,
                       .succeeded = true,
                       .token = "a",
                       .now = kNow + 1,
                       .attempt_timeout = kAttemptTimeout});
    moves.push_back({.task_id = task.task_id, .now = kNow + 2});
  }
  store_.report(reports);
  EXPECT_LT(calls_a_task(), 1.05);
  EXPECT_THAT(store_.settle(moves), ::testing::Each(true));
  EXPECT_LT(calls_a_task(), 0.15);
}

TEST_F(DynamoStoreTest, RowsHaveWhatOtherSystemsNeed) {
  schedule(1);
  const json queued = rows("sosw_tasks");
  const std::string id = task_id(kJobId, 0);
  const auto row_of = [&](const std::string& table) {
    for (const json& row : rows(table))
      if (row["task_id"]["S"] == id) return row;
    return json();
  };
  json row = row_of("sosw_tasks");
  EXPECT_EQ(row["labourer_id"]["S"], "worker");
  EXPECT_EQ(row["attempts"]["N"], "0");
  EXPECT_EQ(row["payload"]["S"], R"({"item": 0})");
  EXPECT_THAT(row["greenfield"]["N"].get<std::string>(), ::testing::MatchesRegex("[0-9]+"));
  store_.claim(claim_of(1, 1, "a"));
  store_.report(std::vector<Report>{{.task_id = id,
                                     .succeeded = true,
                                     .token = "a",
                                     .now = kNow + 1,
                                     .attempt_timeout = kAttemptTimeout,
                                     .stats = R"({"calls": 3})",
                                     .result = R"({"rows": 1.50, "ok": true})"}});
  row = row_of("sosw_tasks");
  EXPECT_EQ(row["stat_calls"]["N"], "3");
  EXPECT_EQ(row["result_rows"]["N"], "1.5");
  EXPECT_EQ(row["result_ok"]["BOOL"], true);
  store_.settle(std::vector<Settlement>{{.task_id = id, .now = kNow + 2}});
  row = row_of("sosw_closed_tasks");
  EXPECT_EQ(row["labourer_id_task_status"]["S"], "worker_1");
  EXPECT_EQ(row["closed_at"]["N"], "1795490348.25");
  EXPECT_EQ(row["attempts"]["N"], "1");
  EXPECT_TRUE(row.contains("greenfield"));
}

/// A task as a Python scheduler and orchestrator leave it.
Item python_row(const std::string& id, std::int64_t greenfield) {
  return {{"task_id", id}, {"labourer_id", "worker"}, {"created_at", kNow - 50}, {"greenfield", greenfield},
          {"attempts", 1}, {"payload", "{}"}};
}

TEST_F(DynamoStoreTest, TasksOfAnotherSystemAreAcceptedAsTheyAre) {
  const std::string id = "0123456789ab1def0123456789abcdef";
  dynamo_.put(
      PutItem{.table = "sosw_tasks", .item = python_row(id, invoked_greenfield(kNow - kAttemptTimeout))});
  ASSERT_THAT(store_.expired("worker", kNow, kAttemptTimeout, 10), SizeIs(1));
  const Settlement retry{.task_id = id,
                         .to = To::retry,
                         .seen = Settlement::Seen{invoked_greenfield(kNow - kAttemptTimeout), ""},
                         .now = kNow,
                         .due = kNow};
  EXPECT_EQ(store_.settle(std::span(&retry, 1)), std::vector{true});
  EXPECT_EQ(store_.find(id)->table, TaskRecord::Table::retry);
  EXPECT_THAT(store_.requeue_due("worker", kNow, 10), SizeIs(1));
  EXPECT_THAT(store_.claim(claim_of(1, 1, "a")), SizeIs(1));
  const Report success{.task_id = id, .succeeded = true, .now = kNow + 1, .attempt_timeout = kAttemptTimeout};
  EXPECT_EQ(store_.report(std::span(&success, 1)).at(0).outcome, ReportOutcome::recorded);
}

TEST_F(DynamoStoreTest, ALateReportOfAnotherSystemCompletesATaskThatWaits) {
  schedule(1);
  const std::string id = task_id(kJobId, 0);
  store_.claim(claim_of(1, 1, "a"));
  const Settlement retry{.task_id = id,
                         .to = To::retry,
                         .seen = Settlement::Seen{invoked_greenfield(kNow), "a"},
                         .now = kNow,
                         .due = kNow};
  ASSERT_EQ(store_.settle(std::span(&retry, 1)), std::vector{true});
  dynamo_.put(PutItem{.table = "sosw_tasks", .item = {{"task_id", id}, {"completed_at", kNow + 5}}});
  EXPECT_EQ(store_.find(id)->table, TaskRecord::Table::retry) << "a row without labourer is no task";
  EXPECT_THAT(store_.requeue_due("worker", kNow + 6, 10), IsEmpty());
  const auto completed = store_.completed("worker", 10);
  ASSERT_THAT(completed, SizeIs(1));
  EXPECT_EQ(completed[0].completed_at, kNow + 5);
  EXPECT_EQ(completed[0].payload, R"({"item": 0})");
}

TEST_F(DynamoStoreTest, ATooLargeResultDoesNotBlockTheTask) {
  schedule(2);
  store_.claim(claim_of(2, 2, "a"));
  std::vector<Settlement> moves;
  for (int index = 0; index < 2; ++index)
    moves.push_back(
        {.task_id = task_id(kJobId, index),
         .now = kNow + 1,
         .result = index == 0 ? R"({"x": ")" + std::string(500'000, 'x') + R"("})" : R"({"tiny": 1e-300})"});
  EXPECT_EQ(store_.settle(moves), (std::vector{true, true}));
  EXPECT_THAT(store_.find(task_id(kJobId, 0))->task.result, HasSubstr("more than the row can hold"));
  EXPECT_EQ(store_.find(task_id(kJobId, 1))->task.result, R"({"tiny": 1e-300})");
}

/// One life of a job's tasks as the essentials lead it, whoever was here before and however far he came.
class Life {
 public:
  Life(DynamoStore& store, const Job& job, std::vector<std::string> payloads)
      : store_(store), job_(job), payloads_(std::move(payloads)) {}

  void live(Time now, const std::string& token) {
    store_.accept(job_);
    for (const Job& job : store_.unfinished())
      store_.append(job, job.progress.scheduled,
                    std::span(payloads_).subspan(static_cast<std::size_t>(job.progress.scheduled)), true,
                    now);
    store_.requeue_due("worker", now, 100);
    settle_all(store_.expired("worker", now, kAttemptTimeout, 100), now);
    archive(now);
    const auto claimed = store_.claim({"worker", 100, 100, now, kAttemptTimeout, token});
    if (claimed.size() > 1) store_.release(std::span(claimed).first(1));
    std::vector<Report> reports;
    for (std::size_t i = 1; i < claimed.size(); ++i)
      reports.push_back({.task_id = claimed[i].task_id,
                         .succeeded = i % 2 == 0,
                         .token = token,
                         .now = now + 1,
                         .attempt_timeout = kAttemptTimeout});
    store_.report(reports);
    archive(now + 2);
    settle_all(store_.expired("worker", now + 2, kAttemptTimeout, 100), now + 2);
  }

 private:
  /// Up to two attempts.
  void settle_all(const std::vector<Task>& tasks, Time now) {
    std::vector<Settlement> moves;
    for (const Task& task : tasks)
      moves.push_back({.task_id = task.task_id,
                       .to = task.attempts >= 2 ? To::dead : To::retry,
                       .seen = Settlement::Seen{task.greenfield, task.token},
                       .now = now,
                       .due = now});
    store_.settle(moves);
  }
  void archive(Time now) {
    std::vector<Settlement> moves;
    for (const Task& task : store_.completed("worker", 100))
      moves.push_back({.task_id = task.task_id, .now = now});
    store_.settle(moves);
  }

  DynamoStore& store_;
  const Job& job_;
  std::vector<std::string> payloads_;
};

/// The network dies at each call in turn, with and without the effect of that call; whoever comes next makes
/// everything good.
class InterruptedAtAnyCall : public DynamoStoreTest, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Ways, InterruptedAtAnyCall, ::testing::Values("cut_before", "cut_after"));

TEST_P(InterruptedAtAnyCall, EachTaskIsStillClosedOnce) {
  const Job job = some_job();
  constexpr int kTasks = 5;
  bool interrupted = true;
  for (int call = 0; interrupted; ++call) {
    ASSERT_LT(call, 500);
    aws_.control("reset", json::object());
    create_tables();
    Time now = kNow;
    {
      trouble("*", GetParam(), call, 1);
      trouble("*", "cut_before", call, 1'000'000);  // and dead from then on
      const auto session = aws_.session({{"AWS_MAX_ATTEMPTS", "1"}});
      DynamoDb dying_client(*session);
      DynamoStore dying(dying_client, aws_.random);
      try {
        for (int round = 0; round < 3; ++round) Life(dying, job, payloads(kTasks)).live(now += 10, "dying");
        interrupted = false;
      } catch (const StoreError&) {
      }
      aws_.control("calm", json::object());
    }
    now += 400;                                                        // leases and marks of the dead end
    for (int round = 0, ended = 0; round < 8 && ended < 2; ++round) {  // and once more when all is done
      Life(store_, job, payloads(kTasks)).live(now, "round " + std::to_string(round));
      now += 2 * kAttemptTimeout;
      const auto seen = store_.find_job(kJobId);
      ended += seen && seen->progress.finished();
    }
    expect_sound(store_, store_);
    const auto stored = store_.find_job(kJobId);
    ASSERT_TRUE(stored);
    ASSERT_TRUE(stored->progress.finished()) << "cut at call " << call << ": " << stored->progress.closed();
    ASSERT_EQ(stored->progress.closed(), kTasks) << "cut at call " << call;
    ASSERT_THAT(rows("sosw_retry_tasks"), IsEmpty());
    ASSERT_THAT(rows("sosw_closed_tasks"), SizeIs(kTasks)) << "cut at call " << call;
    for (const TaskRecord& record : store_.list({.at_most = 100})) ASSERT_LE(record.task.attempts, 2);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace sosw::aws
