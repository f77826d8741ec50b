// Commands that take their configuration from where an installation on AWS keeps it.

#include "aws/clients/dynamo_db.h"
#include "cli/on_dynamo_db.h"

namespace sosw {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kArn = "arn:aws:lambda:eu-west-1:111122223333:function:resize";

class ConfigOnAws : public OnDynamoDb {
 protected:
  ConfigOnAws() {
    std::filesystem::remove(folder_ / "sosw.yaml");
    dynamo_.create_table(
        {.name = "config", .key = {"env", "config_name"}, .key_types = {{"env", "S"}, {"config_name", "S"}}});
  }

  void keep(const std::string& name, const std::string& value) {
    dynamo_.put(aws::PutItem{
        .table = "config", .item = {{"env", "production"}, {"config_name", name}, {"config_value", value}}});
  }

  /// As a Python installation has it.
  void write_installation() {
    keep("sosw_scheduler_config", R"({"job_schema": {"chunkable_attrs": [["item", {}]]},
                                      "queue_bucket": "their-bucket"})");
    keep("sosw_orchestrator_config",
         json{{"task_config",
               {{"dynamo_db_config", {{"table_name", "their_tasks"}}},
                {"labourers", {{"resize", {{"arn", kArn}, {"max_simultaneous_invocations", 3}}}}}}}}
             .dump());
    keep("sosw_scavenger_config",
         R"({"sns_config": {"recipient": "arn:aws:sns:eu-west-1:111122223333:dead"}})");
    write("job.json", R"({"lambda_name": "resize", "isolate_items": true, "items": [1, 2, 3, 4, 5]})");
  }

  std::unique_ptr<aws::Session> session_ = aws_.session();
  aws::DynamoDb dynamo_{*session_};
};

TEST_F(ConfigOnAws, AnInstallationNeedsNoFile) {
  write_installation();
  const json check = sosw("config check --json").json();
  EXPECT_EQ(check["labourers"], 1);
  EXPECT_EQ(check["from"]["labourers.resize"], json({"sosw_orchestrator_config in the table config"}));
  EXPECT_EQ(check["from"]["job_schema"], json({"sosw_scheduler_config in the table config"}));
  EXPECT_EQ(check["from"]["alarm"], json({"sosw_scavenger_config in the table config"}));

  EXPECT_THAT(sosw("init").out, HasSubstr("made their_tasks"));
  EXPECT_EQ(sosw("doctor").exit_code, 0);
  EXPECT_EQ(sosw("schedule job.json --json").json()["total"], 5);
  const json status = sosw("status --json").json();
  EXPECT_EQ(status["labourers"][0]["limit"], 3);
  EXPECT_EQ(status["labourers"][0]["queued"], 5);
}

TEST_F(ConfigOnAws, AnEngineTakesItsLimitsAndTellsOnceWhatItIgnores) {
  write_installation();
  aws_.control("set", {{"functions", {{"resize", {{"timeout", 60}}}}}});
  sosw("init");
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  const auto invoked = [&] {
    return aws_.control("get", {{"part", "functions"}})["resize"].value("events", json::array()).size();
  };
  wait_until([&] { return invoked() == 3; }, *engine);
  engine->send(SIGTERM);
  const std::string log = engine->wait().err;
  EXPECT_EQ(invoked(), 3U) << "no more than max_simultaneous_invocations";
  const auto told = log.find("ignored here: queue_bucket");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("ignored here", told + 1), std::string::npos) << log;
  EXPECT_THAT(log, Not(HasSubstr("their-bucket")));
}

TEST_F(ConfigOnAws, AFileOverridesThem) {
  write_installation();
  aws_.control("set",
               {{"parameters", {{"sosw_scavenger_config", R"({"max_attempts": 7})"}}},
                {"secrets",
                 {{"sosw_orchestrator_config",
                   {{"text", R"({"labourers": {"resize": {"max_simultaneous_invocations": 2}}})"}}}}}});
  write("sosw.yaml", R"(aws: {config: [table, parameters, secrets]}
labourers:
  resize:
    command: [sh, worker.sh]
job_schema: {chunkable_attrs: [[thing, {}]]}
alarm: {webhook: "http://127.0.0.1:1/"}
)");
  const json from = sosw("config check --json").json()["from"];
  EXPECT_EQ(from["labourers.resize"], json({"sosw_orchestrator_config in Secrets Manager", "sosw.yaml"}));
  EXPECT_EQ(from["max_attempts"], json({"sosw_scavenger_config in the Parameter Store"}));
  EXPECT_EQ(from["job_schema"], json({"sosw.yaml"}));
  EXPECT_EQ(from["alarm"], json({"sosw.yaml"}));
  EXPECT_THAT(sosw("config check").out, HasSubstr("sosw_orchestrator_config in Secrets Manager, sosw.yaml"));

  sosw("init");
  write("job.json", R"({"lambda_name": "resize", "isolate_things": true, "things": [1, 2]})");
  EXPECT_EQ(sosw("run job.json --json").json()["jobs"][0]["completed"], 2) << "here, by the command";
  EXPECT_EQ(ran().size(), 2U);
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["limit"], 2);
}

TEST_F(ConfigOnAws, AFileWithoutSourcesIsUsedAlone) {
  write_installation();
  configure("true");
  const Ended check = sosw("config check --json");
  EXPECT_EQ(check.json()["from"].size(), 2U) << check.out;
  EXPECT_EQ(sosw("config check").out,
            "sosw.yaml is fine: 1 labourer, 1 job schema variant, 0 health metrics, 0 rules\n");
}

TEST_F(ConfigOnAws, ErrorsNameConfigurationAndSourceAndNoValue) {
  const auto refused = [&](const std::string& text) {
    const Ended ended = sosw("config check");
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, AllOf(HasSubstr(text), Not(HasSubstr("hush"))));
  };
  refused("no sosw.yaml in this directory, and no sosw_orchestrator_config");
  keep("sosw_orchestrator_config", R"({"labourers": {"resize": {"arn": "arn:aws:lambda:e:1:function:f",
                                       "max_simultaneous_invocations": "hush"}}})");
  refused(
      "sosw_orchestrator_config in the table config: labourers.resize.max_simultaneous_invocations: must be");
  keep("sosw_orchestrator_config", R"({"labourers": {"resize": {"arn": "hush"}}})");
  refused(
      "sosw_orchestrator_config in the table config: labourers.resize.arn: must be the ARN of a function");
  keep("sosw_orchestrator_config", "{}");
  refused("the installation's configuration: labourers: names no labourer");
  keep("sosw_orchestrator_config", "hush");
  refused("sosw_orchestrator_config in the table config: must be a JSON object");
  write("sosw.yaml", "aws: {config: [tabel]}\n");
  refused("sosw.yaml:1: aws.config: must be a list of table, parameters and secrets");
  write("sosw.yaml", "aws: {config: [table], config_table: their_config}\n");
  refused("sosw.yaml:1: aws.config: no configuration of an essential could be read there");
  refused("sosw.yaml: labourers: names no labourer");
}

TEST_F(ConfigOnAws, WithoutAnyConfigurationReadingCommandsWork) {
  sosw("init");
  EXPECT_EQ(sosw("status").out, "no labourers and no tasks yet\n");
  EXPECT_EQ(sosw("jobs --json").json(), json::array());
}

}  // namespace
}  // namespace sosw
