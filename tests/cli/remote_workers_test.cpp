// Labourers that are URLs, or functions on AWS Lambda, run by the real program.

#include "aws/fake/fake_aws.h"
#include "cli/cli_fixture.h"
#include "http/server/serving.h"

namespace sosw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RemoteWorkers : public CliFixture {
 protected:
  void configure_far(const std::string& how) const {
    write(
        "sosw.yaml",
        "labourers:\n  work:\n    max_simultaneous_invocations: 4\n    retry: {base: 0.05, max: 0.1}\n    " +
            how + "\njob_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n");
  }
  /// So many tasks of the labourer are so.
  json standing(const std::string& state) { return sosw("status --json").json()["labourers"][0][state]; }
  json tasks() { return sosw("tasks --limit 100 --json").json(); }
};

class UrlWorkers : public RemoteWorkers {};

TEST_F(UrlWorkers, CompleteAndFailByStatus) {
  std::atomic<int> calls = 0;
  const web::Serving worker([&](const web::Request& request, const web::Reply& reply) {
    const json event = json::parse(request.body);
    ++calls;
    if (event["items"] == json::array({2}) && event["attempts"] == 0)
      return reply.send({.status = 500, .body = "not today"});
    reply.send({.body = json{{"doubled", event["items"][0].get<int>() * 2}}.dump()});
  });
  configure_far("url: http://127.0.0.1:" + std::to_string(worker.port) + "/");
  write_job(5);
  const Ended ended = sosw("run job.json --json");
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_EQ(calls, 6);
  const std::string listed = sosw("tasks --state completed --limit 100 --json").out;
  EXPECT_THAT(json::parse(listed), SizeIs(5));
}

TEST_F(UrlWorkers, UnreachableUrlsCostNoAttempt) {
  const auto handler =
      std::make_shared<web::TestHandler>([](const web::Request& request, const web::Reply& reply) {
        reply.send({.body = json{{"attempt", json::parse(request.body)["sosw"]["attempt"]}}.dump()});
      });
  const std::uint16_t port = web::Server().listen({}, handler);  // free from now on
  configure_far("url: http://127.0.0.1:" + std::to_string(port) + "/");
  write_job(3);
  const auto run = start("run job.json --json");
  wait_until(
      [&] { return run->errors().find("work refuses invocations, next try in 2 s") != std::string::npos; },
      *run);
  web::Server server;
  server.listen({.port = port}, handler);
  const Ended ended = run->wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  const std::string id = sosw("tasks --state completed --json").json().at(0)["task_id"];
  const json task = sosw("task " + id + " --json").json();
  EXPECT_EQ(task["attempts"], 1) << task;
}

class LambdaWorkers : public RemoteWorkers {
 protected:
  LambdaWorkers() {
    for (const char* variable :
         {"AWS_ACCESS_KEY_ID=AKIDTEST", "AWS_SECRET_ACCESS_KEY=test-secret", "AWS_REGION=eu-west-1",
          "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null"})
      environment_.emplace_back(variable);
    environment_.push_back("AWS_ENDPOINT_URL=" + aws_.url);
    configure_far("arn: arn:aws:lambda:eu-west-1:111122223333:function:work");
    write_job(3);
  }
  json events() {
    return aws_.control("get", {{"part", "functions"}})["work"].value("events", json::array());
  }
  json call(const std::string& url, const std::string& function, const std::string& event) {
    const aws::HttpRequest request{
        .url = url + "/2015-03-31/functions/" + function + "/invocations", .body = event, .direct = true};
    return json::parse(aws_.http.send({&request, 1}).front().body);
  }

  aws::FakeAws aws_;
};

TEST_F(LambdaWorkers, RunUntilTheyReport) {
  aws_.control("set", {{"functions", {{"work", {{"timeout", 77}}}}}});
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return events().size() == 3; }, *engine);
  EXPECT_EQ(standing("running"), 3);
  for (const json& text : events()) {
    const json event = text.is_string() ? json::parse(text.get<std::string>()) : text;
    const json report = {
        {"action", "mark_task_as_completed"}, {"task_id", event["task_id"]}, {"sosw", event["sosw"]}};
    EXPECT_EQ(call(url, "sosw_worker_assistant", report.dump())["outcome"], "recorded");
  }
  wait_until([&] { return sosw("tasks --state completed --json").json().size() == 3; }, *engine);
  EXPECT_THAT(call(url, "work", "{}").dump(), HasSubstr("work runs on AWS Lambda: call it there"));
  const aws::HttpRequest about{
      .method = "GET", .url = url + "/2015-03-31/functions/work/configuration", .direct = true};
  EXPECT_EQ(json::parse(aws_.http.send({&about, 1}).front().body)["Timeout"], 77) << "as the function says";
  engine->send(SIGTERM);
  EXPECT_EQ(engine->wait().exit_code, 0);
}

TEST_F(LambdaWorkers, OutliveTheEngine) {
  aws_.control("set", {{"functions", {{"work", json::object()}}}});
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  const Ended ended = sosw("orchestrate --json");
  EXPECT_EQ(ended.json()["work"]["invoked"], 3) << ended.err;
  EXPECT_THAT(events(), SizeIs(3));
  EXPECT_EQ(sosw("orchestrate --json").json()["work"]["invoked"], 0);
  EXPECT_EQ(standing("running"), 3);
}

TEST_F(LambdaWorkers, MissingFunctionsCostNoAttempt) {
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  const Ended ended = sosw("orchestrate");
  EXPECT_THAT(ended.err, HasSubstr("ResourceNotFoundException"));
  EXPECT_EQ(standing("queued"), 3);
  const std::string id = tasks().at(0)["task_id"];
  EXPECT_EQ(sosw("task " + id + " --json").json()["attempts"], 0);
}

TEST_F(LambdaWorkers, NeedARegion) {
  environment_.emplace_back("AWS_REGION=");
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("AWS_REGION: there is no region"));
}

}  // namespace
}  // namespace sosw
