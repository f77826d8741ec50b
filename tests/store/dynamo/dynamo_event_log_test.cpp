#include "store/dynamo/dynamo_event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/fake_aws.h"
#include "log_lines.h"
#include "store/dynamo/dynamo_store.h"
#include "system/system_waiting.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time kLogNow{1'795'490'346.25};
constexpr Seconds kTimeout = 60;  // of a test for what takes no time unless it is broken

std::string numbered_task(int number) {
  return "abcd000000000007" + std::string(12, '0') + std::to_string(1000 + number);
}

TaskEvent event_of(int number, TaskAction action = TaskAction::invoked, Time at = kLogNow) {
  return {numbered_task(number), "worker", action, at, ""};
}

class DynamoEventLogTest : public ::testing::Test {
 protected:
  DynamoEventLogTest() {
    const auto tables = DynamoTables().descriptions();
    DynamoDb(*session_).create_table(tables.back());
    aws_.operations();
  }

  /// A log with an Http and a chance of its own, as it must be.
  std::unique_ptr<DynamoEventLog> open(DynamoEventLog::Options options = {}) {
    options.author = {"sosw_orchestrator", "request-1", "stream-1"};
    return std::make_unique<DynamoEventLog>(
        session_->environment(), Machine{http_, aws_.clock, random_, waiting_}, std::move(options));
  }
  std::vector<TaskEvent> many(int count) {
    std::vector<TaskEvent> events;
    for (int i = 0; i < count; ++i) events.push_back(event_of(i));
    return events;
  }
  json rows() { return aws_.control("rows", {{"table", "sosw_tasks_meta"}}); }

  /// Takes no time.
  struct NoWaiting final : Waiting {
    void wait(Seconds) override {}
  };

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  CurlHttp http_;
  SeededRandom random_;
  NoWaiting waiting_;
};

TEST_F(DynamoEventLogTest, WritesRowsThatEveryInstallationReads) {
  const auto log = open();
  log->record(std::vector{TaskEvent{numbered_task(1), "worker", TaskAction::created, kLogNow,
                                    R"({"reason": "17", "n": 2, "author": "somebody else"})"}});
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_EQ(rows(), json::array({{{"task_id", {{"S", numbered_task(1)}}},
                                  {"labourer_id", {{"S", "worker"}}},
                                  {"labourer", {{"S", "worker"}}},
                                  {"created_at", {{"N", "1795490346.25"}}},
                                  {"action", {{"S", "created"}}},
                                  {"author", {{"S", "sosw_orchestrator"}}},
                                  {"invocation_id", {{"S", "request-1"}}},
                                  {"log_stream_name", {{"S", "stream-1"}}},
                                  {"reason", {{"S", "17"}}},
                                  {"n", {{"N", "2"}}},
                                  {"sosw_own", {{"BOOL", true}}}}}));
}

TEST_F(DynamoEventLogTest, WritesManyInFewRequests) {
  const auto log = open();
  log->record(many(1000));
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_THAT(rows(), SizeIs(1000));
  EXPECT_THAT(aws_.operations(), SizeIs(40));
  EXPECT_EQ(log->lost(), 0U);
}

TEST_F(DynamoEventLogTest, KeepsEventsOfOneTaskAtOneTimeApartAndInTheirOrder) {
  const auto log = open();
  log->record(std::vector{event_of(1, TaskAction::completed), event_of(1, TaskAction::archived)});
  ASSERT_TRUE(log->flush(kTimeout));
  log->record(std::vector{event_of(1, TaskAction::archived_dead)});
  ASSERT_TRUE(log->flush(kTimeout));
  DynamoDb db(*session_);
  DynamoStore store(db, aws_.random);
  std::vector<TaskAction> actions;
  for (const TaskEvent& event : store.history(numbered_task(1))) actions.push_back(event.action);
  EXPECT_THAT(actions, ElementsAre(TaskAction::completed, TaskAction::archived, TaskAction::archived_dead));
}

TEST_F(DynamoEventLogTest, TheStoreTellsOfEventsWhatTheyWereRecordedWith) {
  auto log = open();
  TaskEvent event = event_of(1, TaskAction::scheduled_for_retry);
  event.details = R"({"attempts":2,"exact":9007199254740993,"reason":"17"})";
  log->record(std::vector{event, event_of(1, TaskAction::created, kLogNow + 1)});
  ASSERT_TRUE(log->flush(kTimeout));
  DynamoDb dynamo(*session_);
  const auto told = DynamoStore(dynamo, random_).history(event.task_id);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].details, event.details);
  EXPECT_EQ(told[0].labourer_id, "worker");
  EXPECT_EQ(told[1].details, "");
}

TEST_F(DynamoEventLogTest, NamesTheInvocationThatAnEventIsFrom) {
  const auto log = open();
  log->record(std::vector{event_of(1)});
  log->set_author({"sosw_orchestrator", "request-2", "stream-1"});
  log->record(std::vector{event_of(2)});
  ASSERT_TRUE(log->flush(kTimeout));
  std::map<std::string, std::string> invocations;
  for (const json& row : rows()) invocations[row["task_id"]["S"]] = row["invocation_id"]["S"];
  EXPECT_EQ(invocations[numbered_task(1)], "request-1");
  EXPECT_EQ(invocations[numbered_task(2)], "request-2");
}

TEST_F(DynamoEventLogTest, RetriesThrottlesErrorsAndLostConnections) {
  const auto log = open();
  for (const char* trouble : {"throttle", "error_before", "error_after", "cut_before", "cut_after"})
    aws_.inject("BatchWriteItem", trouble, 1);
  aws_.control("inject",
               {{"operation", "BatchWriteItem"}, {"what", "unprocessed"}, {"items", 10}, {"times", 3}});
  log->record(many(400));
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_THAT(rows(), SizeIs(400));
  EXPECT_EQ(log->lost(), 0U);
}

TEST_F(DynamoEventLogTest, CountsAndLogsRejectedEvents) {
  const LoggedLines lines;
  aws_.inject("BatchWriteItem", "forbidden", 1000);
  auto log = open();
  EXPECT_NO_THROW(log->record(many(30)));
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_EQ(log->lost(), 30U);
  aws_.control("calm", json::object());
  log->record(std::vector{event_of(77)});
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_THAT(rows(), SizeIs(1));
  log.reset();
  EXPECT_THAT(lines.text(), HasSubstr("30 task events are lost"));
  EXPECT_THAT(lines.text(), HasSubstr("AccessDeniedException"));
}

TEST_F(DynamoEventLogTest, NeverBlocksItsCallersAndStopsInTimeWhenTheTableRejectsAll) {
  const LoggedLines lines;
  struct : Http {
    std::vector<HttpAnswer> send(std::span<const HttpRequest> requests) override {
      return {requests.size(), answered(400, R"({"__type": "ThrottlingException", "message": "slow down"})")};
    }
  } throttled;
  struct : Waiting {
    void wait(Seconds) override { SystemWaiting().wait(0.001); }
  } moments;  // so long that the retries are never through before the end
  {
    DynamoEventLog log(session_->environment(), {throttled, aws_.clock, random_, moments},
                       {.most_waiting = 500, .last_wait = 0});
    log.record(many(1500));
    EXPECT_GE(log.lost(), 500U);  // 500 wait, some hundreds are on their way
  }
  EXPECT_THAT(lines.text(), HasSubstr("task events are lost"));
}

TEST_F(DynamoEventLogTest, WritesWhatIsLeftAtItsEnd) {
  open()->record(many(60));
  EXPECT_THAT(rows(), SizeIs(60));
}

TEST_F(DynamoEventLogTest, OmitsWhatDoesNotFitARow) {
  const LoggedLines lines;
  auto log = open();
  TaskEvent large = event_of(1);
  large.details = json{{"reason", std::string(500'000, 'x')}}.dump();
  TaskEvent broken = event_of(2);
  broken.details = "{";
  log->record(std::vector{large, broken, TaskEvent{"", "worker", TaskAction::invoked, kLogNow, ""}});
  ASSERT_TRUE(log->flush(kTimeout));
  EXPECT_THAT(rows(), SizeIs(2));
  EXPECT_EQ(log->lost(), 1U);
}

TEST_F(DynamoEventLogTest, MakesNoCallsWithoutEvents) {
  open()->record({});
  EXPECT_THAT(aws_.operations(), IsEmpty());
}

}  // namespace
}  // namespace sosw::aws
