// One installation, two systems: rows of ours as Python reads them, rows of Python's as we take them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "aws/fake/fake_aws.h"
#include "aws/fake/python_script.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time kPythonNow{1'795'490'346.8965256};
constexpr Seconds kAttemptTimeout = 1200;

class DynamoInteropTest : public ::testing::Test {
 protected:
  DynamoInteropTest() {
    for (const TableDescription& table : DynamoTables().descriptions()) dynamo_.create_table(table);
    dynamo_.create_table(
        {.name = "config", .key = {"env", "config_name"}, .key_types = {{"env", "S"}, {"config_name", "S"}}});
  }
  json python(const std::string& step) {
    return run_script("fake/interop.py", {{"url", aws_.url}, {"step", step}});
  }
  std::vector<Task> claim(std::int64_t at_most) {
    return store_.claim({"worker", at_most, 100, kPythonNow, kAttemptTimeout, "token"});
  }
  static std::string id_of_python(int index) {
    return "0123456789ab1def000000000000000" + std::to_string(index);
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  DynamoDb dynamo_{*session_};
  DynamoStore store_{dynamo_, aws_.random};
};

TEST_F(DynamoInteropTest, PythonReadsOurRows) {
  Job job;
  job.job_id = "abcd000000000007";
  job.labourer_id = "worker";
  job.created_at = kPythonNow;
  const std::vector<std::string> payloads = {R"({"n": 1})", R"({"n": 2})", R"({"n": 3})"};
  store_.accept(job);
  store_.append(job, 0, payloads, true, kPythonNow);
  EXPECT_EQ(python("read_queued"),
            (json{task_id(job.job_id, 0), task_id(job.job_id, 1), task_id(job.job_id, 2)}));
  ASSERT_THAT(claim(2), SizeIs(2));
  EXPECT_EQ(python("read_invoked").size(), 2U);
  store_.report(std::vector<Report>{
      {.task_id = task_id(job.job_id, 0),
       .succeeded = true,
       .token = "token",
       .now = kPythonNow + 1,
       .attempt_timeout = kAttemptTimeout,
       .stats = R"({"calls": 3})",
       .result = R"({"exact": 9007199254740993, "huge": 12345678901234567890, "ratio": 0.1, "ok": true,
                     "list": [1, 2.5, {"deep": null}]})"}});
  const Settlement retry{.task_id = task_id(job.job_id, 1),
                         .to = Settlement::To::retry,
                         .seen = Settlement::Seen{invoked_greenfield(kPythonNow), "token"},
                         .now = kPythonNow,
                         .due = kPythonNow + 60};
  ASSERT_EQ(store_.settle(
                std::vector<Settlement>{{.task_id = task_id(job.job_id, 0), .now = kPythonNow + 2}, retry}),
            (std::vector{true, true}));
  EXPECT_EQ(python("read_closed"), json{task_id(job.job_id, 0)});
  EXPECT_EQ(python("read_waiting"), (json{{task_id(job.job_id, 1), "1795490406.8965256"}}));
}

TEST_F(DynamoInteropTest, RowsOfThePythonSystemAreRead) {
  python("schedule");
  const auto claimed = claim(1);
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].task_id, id_of_python(1));
  EXPECT_EQ(claimed[0].greenfield, 2000);
  EXPECT_EQ(claimed[0].created_at, kPythonNow);
  EXPECT_EQ(claimed[0].payload, R"({"at": 1795490346.8965256, "n": 9007199254740993, "u": "\u00fc"})");

  python("invoke_and_complete");
  const auto completed = store_.completed("worker", 10);
  ASSERT_THAT(completed, SizeIs(1));
  EXPECT_EQ(completed[0].task_id, id_of_python(2));
  EXPECT_EQ(completed[0].completed_at, kPythonNow + 5);
  EXPECT_EQ(json::parse(completed[0].result), (json{{"rows", 9007199254740993}}));
  EXPECT_EQ(store_.settle(std::vector<Settlement>{{.task_id = id_of_python(2), .now = kPythonNow + 9}}),
            std::vector{true});
  EXPECT_EQ(store_.count_closed("worker").completed, 2);

  const auto due = store_.requeue_due("worker", kPythonNow, 10);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].task_id, id_of_python(3));
  EXPECT_EQ(due[0].attempts, 2);
  EXPECT_THAT(claim(5), SizeIs(1));

  const auto archived = store_.find(id_of_python(4));
  ASSERT_TRUE(archived);
  EXPECT_EQ(archived->task.payload, "{'at': 1.5}");
  EXPECT_EQ(archived->closed_at, kPythonNow - 5);

  const auto config = dynamo_.get(GetItem{
      .table = "config", .key = {{"env", "production"}, {"config_name", "sosw_orchestrator_config"}}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->at("config_value").text(), R"({"task_config": {"labourers": {}}})");
}

}  // namespace
}  // namespace sosw::aws
