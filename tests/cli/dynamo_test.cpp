// The commands with `--store dynamodb:`, against a stand-in for AWS that checks each request.

#include "aws/clients/dynamo_db.h"
#include "aws/clients/s3.h"
#include "cli/on_dynamo_db.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(OnDynamoDb, InitMakesTheTablesAndDoctorLooksAtThem) {
  const Ended before = sosw("doctor");
  EXPECT_EQ(before.exit_code, 1);
  EXPECT_THAT(before.out, HasSubstr("table sosw_tasks: there is none; `sosw init` makes it"));

  const Ended made = sosw("--store dynamodb: init --json");
  EXPECT_EQ(made.json()["made"].size(), 4U) << made.err;
  EXPECT_EQ(sosw("init --json").json()["made"].size(), 0U) << "what is there stays";

  const Ended after = sosw("doctor");
  EXPECT_EQ(after.exit_code, 0);
  EXPECT_THAT(after.out, HasSubstr("the tables on DynamoDB in eu-west-1"));
}

TEST_F(OnDynamoDb, RunsAJobDespiteFaults) {
  sosw("init");
  write_job(30);
  aws_.control(
      "weather",
      {{"chance", 0.03},
       {"kinds", {"throttle", "error_before", "error_after", "cut_before", "cut_after", "unprocessed"}},
       {"seed", 7},
       {"late", 10}});
  const Ended run = sosw("run job.json --json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json()["jobs"][0]["completed"], 30);
  const auto ids = ran();
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 30U);
  aws_.control("calm", nlohmann::json::object());
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 30U);
}

TEST_F(OnDynamoDb, NamesMayDifferAndLargePayloadsGoToABucket) {
  write("sosw.yaml",
        read("sosw.yaml") +
            "dynamodb: {tables: {tasks: their_tasks}, field_names: {task_id: id}, bucket: large-things}\n");
  aws_.control("set", {{"buckets", {{"large-things", nlohmann::json::object()}}}});
  EXPECT_THAT(sosw("init").out, HasSubstr("made their_tasks"));
  write("job.json", R"({"lambda_name": "work", "isolate_items": true, "items": [1, 2], "text": ")" +
                        std::string(350'000, 'x') + "\"}");
  const Ended run = sosw("run job.json --json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json()["jobs"][0]["completed"], 2);
  EXPECT_THAT(aws_.control("rows", {{"table", "sosw_closed_tasks"}})[0].dump(), HasSubstr("\"id\""));
}

TEST_F(OnDynamoDb, AJobMayBeReadFromS3) {
  sosw("init");
  aws_.control("set", {{"buckets", {{"jobs", nlohmann::json::object()}}}});
  write_job(3);
  aws::S3(*aws_.session()).put("jobs", "daily/job.json", read("job.json"));
  EXPECT_EQ(sosw("schedule s3://jobs/daily/job.json --json").json()["total"], 3);

  const Ended none = sosw("schedule s3://jobs/daily/jobs.json");
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("s3://jobs/daily/jobs.json: there is no such object"));
  const Ended no_key = sosw("schedule s3://jobs");
  EXPECT_EQ(no_key.exit_code, 2);
  EXPECT_THAT(no_key.err, HasSubstr("s3://jobs: must be s3://BUCKET/KEY"));
  EXPECT_EQ(sosw("tasks --json").json().size(), 3U) << "nothing is half done";
}

TEST_F(OnDynamoDb, AdminCommandsWorkAsWithAFile) {
  sosw("init");
  write_job(3);
  EXPECT_EQ(sosw("schedule job.json --json").json()["total"], 3);
  EXPECT_EQ(sosw("pause work").exit_code, 0);
  const Ended status = sosw("status");
  EXPECT_THAT(status.out, HasSubstr("paused"));
  EXPECT_THAT(status.out, Not(HasSubstr("No engine"))) << "nobody knows";
  const std::string id = sosw("tasks --state queued --json").json()[0]["task_id"];
  EXPECT_EQ(sosw("cancel " + id).exit_code, 0);
  EXPECT_EQ(sosw("task " + id + " --json").json()["state"], "cancelled");
  EXPECT_EQ(sosw("resume work").exit_code, 0);
  EXPECT_EQ(sosw("orchestrate --json").json()["work"]["completed"], 2);
  EXPECT_EQ(sosw("scavenge").exit_code, 0);
  EXPECT_TRUE(is_all_closed());
}

TEST_F(OnDynamoDb, TwoEnginesShareTheWork) {
  sosw("init");
  write_job(60);
  const auto one = start("up --listen 127.0.0.1:0");
  const auto other = start("up --listen 127.0.0.1:0");
  url_of(*one), url_of(*other);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return is_all_closed(); }, *one);
  for (Running* engine : {one.get(), other.get()}) {
    engine->send(SIGTERM);
    const Ended ended = engine->wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, Not(HasSubstr("error"))) << ended.err;
  }
  const auto ids = ran();
  EXPECT_EQ(ids.size(), 60U) << "each task ran once";
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 60U);
}

TEST_F(OnDynamoDb, TwoEnginesFireEachScheduledTimeOnce) {
  sosw("init");
  write("sosw.yaml", read("sosw.yaml") + R"yaml(rules:
  - {name: yearly, schedule: "cron(0 0 1 1 ? *)", job: {lambda_name: work, isolate_items: true, items: [1, 2]}}
)yaml");
  const auto session = aws_.session();
  aws::DynamoDb dynamo(*session);
  const Time years_ago = SystemClock().now() - 3 * 31'557'600;
  aws::DynamoStore(dynamo, aws_.random)
      .keep_rule_progress(std::vector{
          RuleStep{std::nullopt, RuleProgress{"yearly", "cron(0 0 1 1 ? *) UTC", years_ago, years_ago}}});

  const auto one = start("up --listen 127.0.0.1:0");
  const auto other = start("up --listen 127.0.0.1:0");
  url_of(*other);
  const std::string url = url_of(*one);
  wait_until([&] { return !sosw("jobs --json").json().empty() && is_all_closed(); }, *one);
  EXPECT_EQ(sosw("rules --json").json(),
            nlohmann::json::parse(output_of("curl -s " + url + "/api/v1/rules")));
  EXPECT_GT(Time(sosw("rules --json").json()[0]["last"].get<double>()), years_ago);
  for (Running* engine : {one.get(), other.get()}) {
    engine->send(SIGTERM);
    EXPECT_THAT(engine->wait().err, Not(AnyOf(HasSubstr("error"), HasSubstr("warn"))));
  }
  EXPECT_EQ(sosw("jobs --json").json().size(), 1U);
  EXPECT_EQ(ran().size(), 2U) << "each task ran once";
}

TEST_F(OnDynamoDb, DoesNotScavengeBesideAnotherSystem) {
  sosw("init");
  write_job(1);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  const std::string id = sosw("tasks --state completed --json").json()[0]["task_id"];
  const auto session = aws_.session();
  aws::DynamoDb(*session).put(aws::PutItem{.table = "sosw_tasks_meta",
                                           .item = {{"task_id", id},
                                                    {"created_at", SystemClock().now()},
                                                    {"author", "their_scavenger"},
                                                    {"action", "archived"}}});
  const Ended run = sosw("run job.json");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("another scavenger, their_scavenger, has moved tasks"));
  EXPECT_EQ(sosw("jobs --json").json().size(), 1U) << "nothing was scheduled";
}

TEST_F(OnDynamoDb, HealthComesFromCloudWatchAndAlarmsGoToATopic) {
  const std::string topic = "arn:aws:sns:eu-west-1:123456789012:sosw";
  configure("exit 3", R"(    max_attempts: 1
    health_metrics:
      database:
        details: {Namespace: AWS/RDS, MetricName: CPU, Dimensions: [{Name: DB, Value: orders}], MetricAggregationTimeSlice: 600}
        feeling_comparison_operator: le
        feelings: {4: 50, 1: 90}
)");
  write("sosw.yaml", read("sosw.yaml") + "alarm: {topic: \"" + topic + "\"}\n");
  const Time now = SystemClock().now();
  aws_.control("set", {{"topics", {{topic, nlohmann::json::array()}}},
                       {"metrics",
                        {{{"namespace", "AWS/RDS"},
                          {"name", "CPU"},
                          {"dimensions", {{"DB", "orders"}}},
                          {"points", {{(now - 120).since_epoch(), 30}}}}}}});
  sosw("init");
  EXPECT_THAT(sosw("doctor").out, HasSubstr("30: feels High"));
  write_job(1);
  EXPECT_EQ(sosw("run job.json").exit_code, 1) << "its task is dead";
  const nlohmann::json messages = aws_.control("get", {{"part", "topics"}})[topic];
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0]["subject"], "``sosw`` Dead Task");
}

TEST_F(OnDynamoDb, SaysWhatIsMissing) {
  const Ended no_tables = sosw("jobs");
  EXPECT_EQ(no_tables.exit_code, 2);
  EXPECT_THAT(no_tables.err, HasSubstr("`sosw init` makes"));
  std::erase(environment_, "AWS_REGION=eu-west-1");
  const Ended no_region = sosw("jobs");
  EXPECT_EQ(no_region.exit_code, 2);
  EXPECT_THAT(no_region.err, HasSubstr("AWS_REGION"));
  EXPECT_THAT(no_region.err, Not(HasSubstr("test-secret")));
}

}  // namespace
}  // namespace sosw
