// DynamoDB on bad days: what the store tells its callers is true, and nothing is lost or done twice.

#include <atomic>
#include <functional>
#include <numeric>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"
#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "aws/fake/loopback_server.h"
#include "ports/soundness.h"
#include "store/dynamo/dynamo_store_fixture.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;
using To = Settlement::To;

/// Waiting that takes no time, and calls a function of the test.
struct InstantWaiting final : Waiting {
  void wait(Seconds seconds) override {
    waited += seconds;
    if (on_wait) on_wait();
  }
  Seconds waited = 0;
  std::function<void()> on_wait;
};

class DynamoFaultsTest : public DynamoStoreFixture {
 protected:
  std::vector<Task> claim(std::int64_t at_most, Time now = kNow, const std::string& token = "a") {
    return store_.claim(claim_of(at_most, 1000, token, now));
  }
  static Settlement move(const Task& task, To to, Time now) {
    return {.task_id = task.task_id,
            .to = to,
            .seen = Settlement::Seen{invoked_greenfield(kNow), "a"},
            .now = now,
            .due = now};
  }

  InstantWaiting waiting_;
};

/// A scheduler dies: half of what it writes arrives.
TEST_F(DynamoFaultsTest, AJobIsCancelledWithWhatADeadSchedulerLeftBehindItsCursor) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "cut_after");
  trouble("BatchWriteItem", "cut_before", 0, kForever);
  EXPECT_THROW(store_.append(some_job(), 0, payloads(40), true, kNow), StoreError);
  calm();
  const auto running = claim(1);
  ASSERT_THAT(running, SizeIs(1));
  DynamoStore other(dynamo_, aws_.random);
  EXPECT_THROW(other.cancel_job(kJobId, kNow + 1), StoreError) << "the scheduler may still live";
  EXPECT_EQ(other.cancel_job(kJobId, kNow + 301), 39);
  EXPECT_THAT(claim(100, kNow + 302, "b"), IsEmpty());
  expect_sound(other, other);
  const auto job = other.find_job(kJobId);
  EXPECT_EQ(job->progress.total, 40);
  EXPECT_EQ(job->progress.cancelled, 39);
  EXPECT_THAT(other.unfinished(), IsEmpty());
  EXPECT_EQ(store_.append(some_job(), 0, payloads(40), true, kNow + 302), 40) << "the dead one wakes up";
  EXPECT_EQ(other.settle(std::vector<Settlement>{{.task_id = running[0].task_id, .now = kNow + 303}}),
            std::vector{true});
  EXPECT_TRUE(other.find_job(kJobId)->progress.finished());
}

TEST_F(DynamoFaultsTest, ACancellationInterruptedHalfwayIsHarmless) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "cut_after");
  trouble("BatchWriteItem", "cut_before", 0, kForever);
  EXPECT_THROW(store_.append(some_job(), 0, payloads(40), true, kNow), StoreError);
  for (int call = 0; call < 12; ++call) {
    calm();
    trouble("*", call % 2 == 0 ? "cut_after" : "cut_before", call, 1);
    trouble("*", "cut_before", call, kForever);
    const auto session = aws_.session({{"AWS_MAX_ATTEMPTS", "1"}});
    DynamoDb client(*session);
    DynamoStore dying(client, aws_.random);
    try {
      dying.cancel_job(kJobId, kNow + 301 * (call + 1));
    } catch (const StoreError&) {
    }
  }
  calm();
  ASSERT_TRUE(store_.cancel_job(kJobId, kNow + 10'000));
  expect_sound(store_, store_);
  EXPECT_EQ(store_.find_job(kJobId)->progress.cancelled, 40);
}

TEST_F(DynamoFaultsTest, ContinuingWithSmallerBatchesStillReadsFirst) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "cut_after", 0, 2);
  trouble("BatchGetItem", "cut_before", 0, kForever);  // and then it dies
  EXPECT_THROW(store_.append(some_job(), 0, payloads(40), true, kNow), StoreError);
  calm();
  ASSERT_THAT(claim(40), SizeIs(40));
  DynamoStore other(dynamo_, aws_.random);
  const auto all = payloads(40);
  for (std::size_t first = 0; first < 40; first += 10)
    EXPECT_EQ(other.append(some_job(), static_cast<std::int64_t>(first), std::span(all).subspan(first, 10),
                           first == 30, kNow + 301),
              first + 10);
  EXPECT_THAT(claim(40, kNow + 302, "b"), IsEmpty()) << "all of them run";
  expect_sound(other, other);
}

TEST_F(DynamoFaultsTest, AnAppendWithLostAnswersIsStillFinished) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "cut_after", 0, 2);
  trouble("BatchWriteItem", "error_before", 0, 2);
  EXPECT_EQ(store_.append(some_job(), 0, payloads(90), true, kNow), 90);
  EXPECT_THAT(claim(100), SizeIs(90));
  expect_sound(store_, store_);
}

TEST_F(DynamoFaultsTest, AnInterruptedBatchGetsTimeToArriveBeforeItsTasksAreRead) {
  store_.accept(some_job());
  trouble("BatchWriteItem", "throttle", 0, 3);
  ASSERT_EQ(store_.append(some_job(), 0, payloads(2), false, kNow), 2);
  EXPECT_THAT(aws_.waiting.waits, Each(Lt(20))) << "what was surely not written can't arrive late";
  aws_.waiting.waits.clear();
  trouble("BatchWriteItem", "cut_before");
  ASSERT_EQ(store_.append(some_job(), 2, payloads(2), true, kNow), 4);
  EXPECT_THAT(aws_.waiting.waits, Contains(Ge(20)));
}

/// Not one answer of a transaction comes.
class LostAnswers : public DynamoFaultsTest, public ::testing::WithParamInterface<const char*> {
 protected:
  const bool is_done_ = std::string(GetParam()).ends_with("after");
  void lose_answers() { trouble("TransactWriteItems", GetParam(), 0, kForever); }
};
INSTANTIATE_TEST_SUITE_P(Ways, LostAnswers, ::testing::Values("cut_before", "cut_after", "error_after"));

TEST_P(LostAnswers, OfSettlementsAreResolved) {
  schedule(60);
  const auto claimed = claim(60);
  ASSERT_THAT(claimed, SizeIs(60));
  lose_answers();
  std::vector<Settlement> moves;
  for (std::size_t i = 0; i < claimed.size(); ++i)
    moves.push_back(move(claimed[i], i % 2 == 0 ? To::retry : To::dead, kNow + 5));
  EXPECT_THAT(store_.settle(moves), Each(is_done_));
  calm();
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const auto there = i % 2 == 0 ? TaskRecord::Table::retry : TaskRecord::Table::closed;
    ASSERT_EQ(store_.find(claimed[i].task_id)->table, is_done_ ? there : TaskRecord::Table::queue);
  }
  EXPECT_EQ(store_.find_job(kJobId)->progress.dead, is_done_ ? 30 : 0);
}

TEST_P(LostAnswers, OfRequeuedTasksAreResolved) {
  schedule(3);
  std::vector<Settlement> moves;
  for (const Task& task : claim(3)) moves.push_back(move(task, To::retry, kNow + 5));
  ASSERT_THAT(store_.settle(moves), Each(true));
  lose_answers();
  EXPECT_THAT(store_.requeue_due("worker", kNow + 6, 10), SizeIs(is_done_ ? 3 : 0));
}

TEST_P(LostAnswers, OfCancellationsAndRevivalsAreResolved) {
  schedule(4);
  const auto claimed = claim(2);
  std::vector<Settlement> moves;
  for (const Task& task : claimed) moves.push_back(move(task, To::dead, kNow + 5));
  ASSERT_THAT(store_.settle(moves), Each(true));
  lose_answers();
  const std::vector<std::string> dead = {claimed[0].task_id, claimed[1].task_id};
  const std::vector<std::string> queued = {task_id(kJobId, 2), task_id(kJobId, 3)};
  EXPECT_THAT(store_.revive(dead, kNow + 6), Each(is_done_));
  EXPECT_THAT(store_.cancel(queued, kNow + 7), Each(is_done_));
  calm();
  const auto progress = store_.find_job(kJobId)->progress;
  EXPECT_EQ(progress.dead, is_done_ ? 0 : 2);
  EXPECT_EQ(progress.cancelled, is_done_ ? 2 : 0);
}

TEST_F(DynamoFaultsTest, TasksClaimedBeforeAFailureAreReturned) {
  schedule(2400);
  trouble("Query", "error_before", 2, kForever);  // the index of what runs, the first page; then no more
  EXPECT_THAT(store_.claim({"worker", 2400, 2400, kNow, kAttemptTimeout, "a"}), SizeIs(2000));
}

TEST_F(DynamoFaultsTest, AWaitingRowThatReappearedIsNotDeleted) {
  schedule(1);
  const Task task = claim(1).front();
  ASSERT_THAT(store_.settle(std::vector{move(task, To::retry, kNow)}), Each(true));
  // A move of another system was cut between its two writes: the task is in both tables.
  dynamo_.put(PutItem{.table = "sosw_tasks",
                      .item = {{"task_id", task.task_id},
                               {"labourer_id", "worker"},
                               {"created_at", kNow},
                               {"greenfield", 1},
                               {"attempts", 1},
                               {"payload", "{}"}}});
  EXPECT_THAT(store_.requeue_due("worker", kNow + 1, 10), IsEmpty());
  EXPECT_EQ(store_.find(task.task_id)->table, TaskRecord::Table::queue);
  EXPECT_EQ(aws_.control("rows", {{"table", "sosw_retry_tasks"}}).size(), 0U);
}

TEST_F(DynamoFaultsTest, AMinuteOfThrottlingOnlyDelays) {
  const auto session = std::make_unique<Session>(Environment({{"AWS_ACCESS_KEY_ID", "AKIDTEST"},
                                                              {"AWS_SECRET_ACCESS_KEY", "test-secret"},
                                                              {"AWS_REGION", "eu-west-1"},
                                                              {"AWS_ENDPOINT_URL", aws_.url}}),
                                                 Machine{aws_.http, aws_.clock, aws_.random, waiting_});
  DynamoDb client(*session);
  DynamoStore store(client, aws_.random);
  const auto throttled = [&](const auto& work) {
    const Seconds until = waiting_.waited + 60;
    trouble("*", "throttle", 0, kForever);
    waiting_.on_wait = [&, until] {
      if (waiting_.waited >= until) calm();
    };
    for (int runs = 1;; ++runs) {
      try {
        work();
        break;
      } catch (const StoreError& error) {
        ASSERT_LT(runs, 100) << error.what();
        ASSERT_THAT(error.what(), HasSubstr("Throughput"));
        waiting_.wait(1);
      }
    }
    calm();
  };
  throttled([&] { store.accept(some_job()); });
  throttled([&] { EXPECT_EQ(store.append(some_job(), 0, payloads(100), true, kNow), 100); });
  std::vector<Task> claimed;
  throttled([&] { claimed = store.claim({"worker", 100, 1000, kNow, kAttemptTimeout, "a"}); });
  ASSERT_THAT(claimed, SizeIs(100));
  std::vector<Report> reports;
  std::vector<Settlement> moves;
  for (const Task& task : claimed) {
    reports.push_back({.task_id = task.task_id,
                       .succeeded = true,
                       .token = "a",
                       .now = kNow + 1,
                       .attempt_timeout = kAttemptTimeout});
    moves.push_back({.task_id = task.task_id, .now = kNow + 2});
  }
  throttled([&] {
    EXPECT_THAT(store.report(reports), Each(Field(&ReportAnswer::outcome, ReportOutcome::recorded)));
  });
  throttled([&] { store.settle(moves); });
  EXPECT_EQ(store.find_job(kJobId)->progress.completed, 100);
  EXPECT_GE(waiting_.waited, 300);
  expect_sound(store, store);
}

TEST_F(DynamoFaultsTest, CredentialsMayExpireInTheMiddleOfARun) {
  std::atomic<const char*> current = "AKIDOLD";
  LoopbackServer container([&](LoopbackServer::Connection& connection) {
    if (!connection.read_request()) return;
    const std::string id = current.load();
    connection.answer(json{{"AccessKeyId", id},
                           {"SecretAccessKey", "secret of " + id},
                           {"Token", "token of " + id},
                           {"Expiration", "2099-01-01T00:00:00Z"}}
                          .dump());
  });
  const auto known = [&](const char* id) {
    json keys;
    for (const std::string one : {"AKIDOLD", "AKIDNEW"})
      keys[one] = {{"secret", "secret of " + one}, {"token", "token of " + one}, {"expired", one != id}};
    aws_.control("keys", keys);
  };
  known("AKIDOLD");
  Session session(Environment({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url()},
                               {"AWS_REGION", "eu-west-1"},
                               {"AWS_ENDPOINT_URL", aws_.url},
                               {"AWS_EC2_METADATA_DISABLED", "true"}}),
                  aws_.machine());
  DynamoDb client(session);
  DynamoStore store(client, aws_.random);
  store.accept(some_job());
  current = "AKIDNEW";
  known("AKIDNEW");
  EXPECT_EQ(store.append(some_job(), 0, payloads(60), true, kNow), 60);
  EXPECT_THAT(store.claim({"worker", 100, 100, kNow, kAttemptTimeout, "a"}), SizeIs(60));
  expect_sound(store, store);
}

TEST_F(DynamoFaultsTest, HalfOfTheProvisionedCapacityIsLeftToOthers) {
  aws_.control("reset", json::object());
  for (TableDescription table : DynamoTables().descriptions()) {
    table.read_units = table.write_units = 10;
    dynamo_.create_table(table);
  }
  const auto waited = [&] {
    const auto waits = std::exchange(aws_.waiting.waits, {});
    return std::accumulate(waits.begin(), waits.end(), 0.0);
  };
  store_.accept(some_job());
  EXPECT_EQ(store_.append(some_job(), 0, payloads(200), false, kNow), 200);
  EXPECT_EQ(waited(), 0) << "nobody asked";
  store_.keep_to_capacity();
  EXPECT_EQ(store_.append(some_job(), 200, payloads(200), true, kNow), 400);
  const Seconds took = waited();
  EXPECT_GT(took, 25) << "200 units, 5 a second, of which 10 seconds at once";
  EXPECT_LT(took, 45);
  EXPECT_THAT(claim(400), SizeIs(150)) << "5 a second for 30 seconds";
  expect_sound(store_, store_);
}

TEST_F(DynamoFaultsTest, ATooLargeJobIsRefusedByName) {
  Job job = some_job();
  job.document = std::string(395'000, 'x');
  try {
    store_.accept(job);
    FAIL() << "it was accepted";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("job abcd000000000007 is 39"));
  }
  store_.accept(some_job());
  const std::vector<std::string> payloads = {"{}", std::string(300'001, 'x')};
  try {
    store_.append(some_job(), 0, payloads, true, kNow);
    FAIL() << "it was written";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("task 1 of job abcd000000000007 has a payload of 300001 bytes"));
  }
}

}  // namespace
}  // namespace sosw::aws
