// `sosw up` and those who call it: clients that do not wait, and workers that report by themselves.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class RetryingClients : public CliFixture {
 protected:
  /// Notes its beginning and its end; waits for the file `go` when its event says so.
  RetryingClients() {
    configure(
        "event=$(cat); printf b >> ran; case $event in *wait*) while [ ! -e go ]; do sleep 0.01; done;; "
        "esac; "
        "printf e >> ran; echo \"$event\"");
  }

  /// What clients/give_up.py tells.
  json call(const std::string& url, const std::string& how) const {
    const std::string output =
        output_of("cd " + folder_.string() +
                  " && /usr/bin/python3 " SOSW_SOURCE_DIR "/tests/cli/clients/give_up.py " + url + " " + how);
    return json::parse(output, nullptr, /*allow_exceptions=*/false);
  }
};

TEST_F(RetryingClients, GetTheAnswerOfTheirFirstCall) {
  const auto engine = start("up --listen 127.0.0.1:0");
  const json told = call(url_of(*engine), "repeat");
  EXPECT_EQ(told["status"], 200) << told << engine->errors();
  EXPECT_EQ(told["body"], R"({"say": "wait"})");
  EXPECT_GE(told["attempts"], 2) << "the client did not repeat";
  EXPECT_EQ(told["calls"], 1);
  EXPECT_EQ(read("ran"), "be") << "it ran once";
}

TEST_F(RetryingClients, StartARepeatedEventOnce) {
  const auto engine = start("up --listen 127.0.0.1:0");
  const json told = call(url_of(*engine), "lose");
  EXPECT_EQ(told["status"], 202) << told << engine->errors();
  EXPECT_EQ(told["attempts"], 2) << "the client did not repeat";
  engine->send(SIGTERM);
  EXPECT_EQ(engine->wait().exit_code, 0);
  EXPECT_EQ(read("ran"), "be") << "it ran once";
}

TEST_F(RetryingClients, DoNotStopTheWorkerByDisconnecting) {
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  const json told = call(url, "leave");
  EXPECT_EQ(told.value("gave_up", false), true) << told;
  EXPECT_EQ(read("ran"), "b");
  write("go", "");
  wait_until([&] { return read("ran") == "be"; }, *engine);
  EXPECT_EQ(output_of("curl -s -d '{\"n\": 1}' " + url + "/2015-03-31/functions/work/invocations"),
            R"({"n": 1})");
}

class ReportingWorkers : public CliFixture {
 protected:
  void configure_worker(const std::string& kind) const {
    write("sosw.yaml", "labourers:\n  work:\n    " + kind +
                           ": [/usr/bin/python3, " SOSW_SOURCE_DIR
                           "/tests/cli/workers/reporting_worker.py]\n"
                           "    max_attempts: 1\n"
                           "job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n");
  }

  /// The task that reported and ended, as `sosw task` shows it.
  json done(Running& engine) {
    EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
    wait_until([&] { return !sosw("tasks --json").json().at(0)["closed_at"].is_null(); }, engine);
    engine.send(SIGTERM);
    EXPECT_EQ(engine.wait().exit_code, 0);
    return sosw("task " + sosw("tasks --json").json().at(0)["task_id"].get<std::string>() + " --json").json();
  }

  void expect_closed_once(const json& task) {
    EXPECT_EQ(task["state"], "completed");
    int archived = 0;
    for (const json& event : task["history"]) archived += event["action"] == "archived";
    EXPECT_EQ(archived, 1) << task;
    const json job = sosw("job " + task["job_id"].get<std::string>() + " --json").json();
    EXPECT_EQ(job["completed"], 1) << job;
  }

  static std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    close(socket);
    return ntohs(address.sin_port);
  }
};

TEST_F(ReportingWorkers, FindTheEngineInTheirEnvironmentAndCloseTheirTaskOnce) {
  configure_worker("bootstrap");
  write_job(1, R"("kind": "RequestResponse", "returns": null, )");
  environment_ = {"AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any"};
  // Not where everybody looks.
  const auto engine = start("up --listen 127.0.0.2:" + std::to_string(free_port()));
  url_of(*engine);
  const json task = done(*engine);
  EXPECT_EQ(read("reports"), "200 {\"outcome\":\"recorded\"}\n");
  EXPECT_EQ(task["result"]["told"], "by a report") << task;
  expect_closed_once(task);
}

TEST_F(ReportingWorkers, SignWithTheTokenOfTheEngineWhereNothingElseIsNamed) {
  configure_worker("bootstrap");
  write_job(1, R"("kind": "RequestResponse", "returns": null, )");
  environment_ = {"SOSW_TOKEN=secret-words", "AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=none",
                  "AWS_ACCESS_KEY_ID"};  // which is none
  const auto engine = start("up --listen 127.0.0.1:" + std::to_string(free_port()));
  url_of(*engine);
  const json task = done(*engine);
  EXPECT_EQ(read("reports"), "200 {\"outcome\":\"recorded\"}\n") << engine->errors();
  expect_closed_once(task);
  EXPECT_THAT(engine->errors(), ::testing::Not(HasSubstr("secret-words")));
}

TEST_F(ReportingWorkers, KeepTheCredentialsThatTheyHave) {
  write("aws", "[default]\naws_access_key_id = own\naws_secret_access_key = of the account\n");
  configure_worker("bootstrap");
  write_job(1, R"("kind": "RequestResponse", "returns": null, )");
  environment_ = {"SOSW_TOKEN=secret-words", "AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=aws",
                  "AWS_ACCESS_KEY_ID"};
  const auto engine = start("up --listen 127.0.0.1:" + std::to_string(free_port()));
  url_of(*engine);
  EXPECT_EQ(done(*engine)["state"], "dead");
  EXPECT_THAT(engine->errors(), HasSubstr("the access key id 'own' is unknown"));
}

TEST_F(ReportingWorkers, MayReportByAnEventBeforeOrAfterTheirEnd) {
  configure_worker("command");
  write_job(1, R"("kind": "Event", "returns": {"pages": 8}, )");
  environment_ = {"AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any"};
  const auto engine = start("up --listen 127.0.0.1:0");
  write("url", url_of(*engine));
  const json task = done(*engine);
  EXPECT_EQ(read("reports"), "202 \n");
  EXPECT_THAT(task["result"].dump(), ::testing::AnyOf(HasSubstr("told"), HasSubstr("pages")))
      << "whichever came last before the task was closed";
  expect_closed_once(task);
}

}  // namespace
}  // namespace sosw
