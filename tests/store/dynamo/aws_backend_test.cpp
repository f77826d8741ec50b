// Tables that are made and looked at, neighbours on them, and all parts together.

#include "store/aws_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/fake/fake_aws.h"
#include "log_lines.h"
#include "store/dynamo/other_systems.h"
#include "store/dynamo/table_setup.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time kInstallationNow{1'795'490'346.25};
constexpr auto kTask = "abcd0000000000070000000000000001";
const std::vector<std::string> kLabourers = {"resize", "worker"};

class TablesTest : public ::testing::Test {
 protected:
  Item meta_row(const char* action, const char* author) {
    return {{"task_id", kTask}, {"created_at", kInstallationNow}, {"author", author}, {"action", action}};
  }
  void put(const std::string& table, Item item) {
    dynamo_.put(PutItem{.table = table, .item = std::move(item)});
  }
  void close_task() {
    put(tables_.closed, {{"task_id", kTask},
                         {"labourer_id", "worker"},
                         {"labourer_id_task_status", "worker_1"},
                         {"closed_at", kInstallationNow}});
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  DynamoDb dynamo_{*session_};
  DynamoTables tables_;
};

TEST_F(TablesTest, MissingOnesAreMadeAndOthersLeftAlone) {
  dynamo_.create_table(tables_.descriptions()[1]);
  EXPECT_THAT(create_missing_tables(dynamo_, tables_, aws_.waiting),
              ElementsAre("sosw_tasks", "sosw_closed_tasks", "sosw_tasks_meta"));
  EXPECT_THAT(faults_of_tables(dynamo_, tables_), IsEmpty());
  EXPECT_THAT(create_missing_tables(dynamo_, tables_, aws_.waiting), IsEmpty());
}

TEST_F(TablesTest, NewTablesAreWaitedFor) {
  aws_.control("set", {{"looks_until_active", 3}});
  create_missing_tables(dynamo_, tables_, aws_.waiting);
  EXPECT_EQ(dynamo_.describe_table("sosw_tasks").status, "ACTIVE");
  EXPECT_THAT(aws_.waiting.waits, SizeIs(12));
}

TEST_F(TablesTest, NewTablesThatNeverBecomeActiveAreReported) {
  aws_.control("set", {{"looks_until_active", 100'000}});
  EXPECT_THROW(create_missing_tables(dynamo_, tables_, aws_.waiting), StoreError);
}

TEST_F(TablesTest, MissingOnesAreFaults) {
  EXPECT_THAT(
      faults_of_tables(dynamo_, tables_),
      ElementsAre("table sosw_tasks: there is none; `sosw init` makes it", HasSubstr("sosw_retry_tasks"),
                  HasSubstr("sosw_closed_tasks"), HasSubstr("sosw_tasks_meta")));
}

TEST_F(TablesTest, ProblemsAreDescribed) {
  auto wanted = tables_.descriptions();
  wanted[0].indexes.clear();
  wanted[0].key_types = {{"task_id", "S"}};
  wanted[1].key_types["desired_launch_time"] = "S";
  wanted[2].indexes[0].included = {"greenfield"};
  wanted[3].key.range = "";
  wanted[3].key_types = {{"task_id", "S"}};
  for (const TableDescription& table : wanted) dynamo_.create_table(table);
  EXPECT_THAT(
      faults_of_tables(dynamo_, tables_),
      ElementsAre(
          "table sosw_tasks: the index sosw_tasks_greenfield is missing; add a global index with the "
          "key labourer_id (S) + greenfield (N)",
          "table sosw_retry_tasks: the index labourer_id_greenfield has the key labourer_id (S) + "
          "desired_launch_time (S), it must be labourer_id (S) + desired_launch_time (N)",
          "table sosw_closed_tasks: the index labourer_task_status_with_time does not include "
          "completed_at",
          "table sosw_closed_tasks: the index labourer_task_status_with_time does not include attempts",
          "table sosw_tasks_meta: its key is task_id (S), it must be task_id (S) + created_at (N); a "
          "key can't be changed, so make the table anew"));
}

TEST_F(TablesTest, ForbiddenTablesAreReported) {
  create_missing_tables(dynamo_, tables_, aws_.waiting);
  aws_.inject("DescribeTable", "forbidden", 1);
  EXPECT_THAT(faults_of_tables(dynamo_, tables_), ElementsAre(HasSubstr("table sosw_tasks: it can't be")));
  aws_.inject("DescribeTable", "throttle", 100);
  EXPECT_THROW(faults_of_tables(dynamo_, tables_), AwsError);
}

TEST_F(TablesTest, AnotherSystemIsRecognizedByItsEvents) {
  create_missing_tables(dynamo_, tables_, aws_.waiting);
  close_task();
  put(tables_.meta, meta_row("archived", "sosw_scavenger"));
  const auto systems = find_other_systems(dynamo_, tables_, kLabourers, kInstallationNow - 600);
  ASSERT_THAT(systems, SizeIs(1));
  EXPECT_EQ(systems[0].author, "sosw_scavenger");
  EXPECT_EQ(systems[0].last_seen, kInstallationNow);
  EXPECT_THAT(reason_not_to_scavenge(systems), HasSubstr("sosw_scavenger"));
  EXPECT_THAT(find_other_systems(dynamo_, tables_, kLabourers, kInstallationNow + 1), IsEmpty());
}

TEST_F(TablesTest, AnotherSystemThatMovesNoTasksDoesNotPreventScavenging) {
  create_missing_tables(dynamo_, tables_, aws_.waiting);
  close_task();
  put(tables_.meta, meta_row("invoked", "sosw_orchestrator"));
  const auto systems = find_other_systems(dynamo_, tables_, kLabourers, kInstallationNow - 600);
  ASSERT_THAT(systems, SizeIs(1));
  EXPECT_EQ(reason_not_to_scavenge(systems), "");
}

TEST_F(TablesTest, OurOwnEventsAreNotAnotherSystem) {
  create_missing_tables(dynamo_, tables_, aws_.waiting);
  close_task();
  CurlHttp http;
  SeededRandom random;
  SimulatedClock waiting;
  DynamoEventLog(session_->environment(), {http, aws_.clock, random, waiting},
                 {.author = {"any_name", "", ""}})
      .record(std::vector{TaskEvent{kTask, "worker", TaskAction::archived, kInstallationNow, ""}});
  EXPECT_THAT(aws_.control("rows", {{"table", tables_.meta}}), SizeIs(1));
  EXPECT_THAT(find_other_systems(dynamo_, tables_, kLabourers, kInstallationNow - 600), IsEmpty());
}

class AwsBackendTest : public TablesTest {
 protected:
  std::unique_ptr<AwsBackend> open(AwsBackend::Setup setup) {
    setup.environment = session_->environment();
    return std::make_unique<AwsBackend>(setup, aws_.clock, random_, waiting_);
  }
  SeededRandom random_;
  struct : Waiting {
    void wait(Seconds) override {}
  } waiting_;
};

TEST_F(AwsBackendTest, ItsPartsWorkTogether) {
  constexpr auto topic = "arn:aws:sns:eu-west-1:111122223333:alarms";
  aws_.control("set", {{"topics", {{topic, json::array()}}}});
  const auto backend = open({.alarm = topic});
  create_missing_tables(backend->dynamo, backend->tables, waiting_);
  Job job;
  job.job_id = "abcd000000000007";
  job.labourer_id = "worker";
  job.document = "{}";
  job.schema = "[]";
  job.today = "2026-11-24";
  job.created_at = kInstallationNow;
  backend->store.accept(job);
  EXPECT_EQ(backend->store.append(job, 0, std::vector<std::string>{"{}"}, true, kInstallationNow), 1);
  backend->set_author({"sosw_scheduler", "request-7", ""});
  backend->events().record(
      std::vector{TaskEvent{kTask, "worker", TaskAction::created, kInstallationNow, ""}});
  EXPECT_TRUE(backend->flush_events(60));
  EXPECT_THAT(backend->store.history(kTask), SizeIs(1));
  EXPECT_EQ(aws_.control("rows", {{"table", tables_.meta}})[0]["invocation_id"]["S"], "request-7");
  ASSERT_NE(backend->alarm(), nullptr);
  backend->alarm()->raise("dead", "task");
  backend->alarm()->send();
  EXPECT_THAT(aws_.control("get", {{"part", "topics"}})[topic], SizeIs(1));
  EXPECT_EQ(backend->metric.read(std::vector<std::string>{R"({"Namespace":"n","Name":"m"})"})[0].problem, "");
}

TEST_F(AwsBackendTest, EventsCanBeSwitchedOff) {
  const auto backend = open({.keeps_events = false});
  backend->events().record(
      std::vector{TaskEvent{kTask, "worker", TaskAction::created, kInstallationNow, ""}});
  EXPECT_TRUE(backend->flush_events(0));
  EXPECT_THAT(aws_.operations(), IsEmpty());
  EXPECT_EQ(backend->alarm(), nullptr);
}

TEST_F(AwsBackendTest, TestsNeverUseRealTablesOrAlarms) {
  session_ = aws_.session({{"STAGE", "test"}});
  EXPECT_THROW(open({}), InvalidConfig);
  const DynamoTables tables{.tasks = "autotest_sosw_tasks",
                            .retry = "autotest_sosw_retry_tasks",
                            .closed = "autotest_sosw_closed_tasks",
                            .meta = "autotest_sosw_tasks_meta"};
  const auto backend = open({.tables = tables, .alarm = "arn:aws:sns:eu-west-1:111122223333:alarms"});
  EXPECT_EQ(backend->alarm(), nullptr);
}

}  // namespace
}  // namespace sosw::aws
