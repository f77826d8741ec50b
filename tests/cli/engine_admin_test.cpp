// Commands beside a running `sosw up`: they ask the engine, and get what they get from the file.

#include <cstdio>

#include <signal.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class EngineAdmin : public CliFixture {
 protected:
  /// Fails when it is told to.
  EngineAdmin() {
    configure("case $(cat) in *fail*) echo 'no way' >&2; exit 1;; esac; echo '{\"price\": 1.50}'",
              "    max_simultaneous_invocations: 4\n    max_attempts: 1\n");
    write("sosw.yaml", read("sosw.yaml") +
                           "rules:\n  - name: nightly\n    schedule: cron(0 2 * * ? *)\n"
                           "    job: {lambda_name: work}\n");
    write_job(4, R"("more": 1795490346.89652560, )");
    write("bad.json", R"({"lambda_name": "work", "say": "fail"})");
    // Commands with this configuration can't work on the store themselves.
    write("nothing.yaml", "labourers:\n  other: {command: [sh]}\n");
  }
  std::unique_ptr<Running> up() {
    auto engine = start("up --listen 127.0.0.1:0");
    url_ = url_of(*engine);
    return engine;
  }
  void stop(Running& engine) {
    engine.send(SIGTERM);
    const Ended ended = engine.wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
  }
  std::string curl(const std::string& path, const std::string& options = "") {
    return output_of("curl -s " + options + " '" + url_ + "/api/v1/" + path + "'");
  }
  std::string engine_options() const { return " -c nothing.yaml --store sqlite:sosw.db"; }

  std::string url_;
};

TEST_F(EngineAdmin, CommandsSayTheSameWithAndWithoutAnEngine) {
  const auto engine = up();
  const std::string job = sosw("schedule job.json --json").json()["job_id"];
  const std::string bad = sosw("schedule bad.json --json").json()["job_id"];
  const auto is_finished = [&](const std::string& id) {
    return sosw("job --json " + id).json()["state"] == "finished";
  };
  wait_until([&] { return is_finished(job) && is_finished(bad); }, *engine);
  const std::string dead = sosw("tasks --state dead --json").json()[0]["task_id"];

  const std::vector<std::string> commands = {
      "jobs",  "jobs --limit 1",          "job " + job,         "task " + dead,
      "tasks", "tasks --state completed", "tasks --job " + bad, "tasks --job " + bad.substr(0, 8),
      "rules"};
  std::map<std::string, std::string> said;
  for (const std::string& command : commands) {
    said[command] = sosw(command + " --json" + engine_options()).out;
    EXPECT_NE(said[command], "") << command;
  }
  auto status = sosw("status --json").json();
  EXPECT_THAT(status["engine"].get<std::string>(), StartsWith("process "));
  EXPECT_EQ(curl("tasks/" + dead), said["task " + dead]);
  EXPECT_EQ(curl("tasks?state=completed"), said["tasks --state completed"]);
  EXPECT_THAT(said["tasks"], HasSubstr("1795490346.89652560"));
  EXPECT_THAT(said["tasks"], HasSubstr(R"({"price": 1.50})"));

  stop(*engine);
  for (const std::string& command : commands) EXPECT_EQ(sosw(command + " --json").out, said[command]);
  status["engine"] = nullptr;
  EXPECT_EQ(sosw("status --json").json(), status);
}

TEST_F(EngineAdmin, CommandsAskTheEngineThatRuns) {
  const auto engine = up();
  // This configuration knows no such labourer; the engine's does.
  EXPECT_EQ(sosw("pause work" + engine_options()).exit_code, 0);
  const Ended scheduled = sosw("schedule job.json --json" + engine_options());
  EXPECT_EQ(scheduled.json()["total"], 4) << scheduled.err;
  EXPECT_EQ(sosw("limit work 2 --json" + engine_options()).json()["limit"], 2);
  const auto work = nlohmann::json::parse(curl("labourers/work"));
  EXPECT_EQ(work["paused"], true);
  EXPECT_EQ(work["set_limit"], 2);
  const std::string job = scheduled.json()["job_id"];
  wait_until([&] { return sosw("job --json " + job).json()["state"] == "open"; }, *engine);
  const std::string first = sosw("tasks --json --state queued" + engine_options()).json()[0]["task_id"];
  EXPECT_EQ(sosw("cancel " + first + engine_options()).out, first + " is cancelled\n");
  EXPECT_THAT(sosw("cancel --job " + job + engine_options()).out, HasSubstr("3 tasks cancelled"));
  EXPECT_EQ(sosw("retry " + first + " --json" + engine_options()).json()[0]["done"], false);
  EXPECT_EQ(sosw("retry --dead work --json" + engine_options()).json()["revived"], 0);
  stop(*engine);
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["paused"], true);
}

TEST_F(EngineAdmin, ErrorMessagesAreTheSame) {
  write("wrong.json", R"({"lambda_name": "wrok"})");
  const std::vector<std::string> commands = {"pause wrok",          "task 0",
                                             "job 012345",          "tasks --after 0 --state dead",
                                             "schedule wrong.json", "tasks --after " + std::string(32, '0')};
  sosw("schedule job.json");
  std::map<std::string, std::string> said;
  for (const std::string& command : commands) said[command] = sosw(command).err;
  const auto engine = up();
  for (const std::string& command : commands) {
    const Ended ended = sosw(command);
    EXPECT_EQ(ended.err, said[command]);
    EXPECT_EQ(ended.exit_code, 2) << command;
  }
}

TEST_F(EngineAdmin, WithoutTheTokenCommandsUseTheFile) {
  environment_ = {"SOSW_TOKEN=secret-words"};
  const auto engine = up();
  const Ended with_token = sosw("schedule job.json" + engine_options());
  EXPECT_EQ(with_token.exit_code, 0) << with_token.err;
  EXPECT_EQ(curl("status", "-o /dev/null -w '%{http_code}'"), "401");
  EXPECT_THAT(curl("status"), HasSubstr(R"("code":"unauthorized")"));
  environment_ = {"SOSW_TOKEN="};
  EXPECT_EQ(sosw("status --json").json()["labourers"].size(), 1U);
  EXPECT_EQ(sosw("schedule job.json" + engine_options()).exit_code, 2)
      << "this configuration does not know it";
  EXPECT_THAT(read("sosw.db.lock"), Not(HasSubstr("secret-words")));
}

TEST_F(EngineAdmin, AProxyIsNotAsked) {
  environment_ = {"http_proxy=http://127.0.0.1:1", "all_proxy=http://127.0.0.1:1"};
  const auto engine = up();
  EXPECT_EQ(sosw("schedule job.json" + engine_options()).exit_code, 0);
}

TEST_F(EngineAdmin, AnEngineThatWasKilledIsNotAsked) {
  const auto engine = up();
  engine->send(SIGKILL);
  engine->wait();
  EXPECT_EQ(sosw("schedule job.json --json").json()["total"], 4);
  EXPECT_EQ(sosw("run").exit_code, 0);
}

TEST_F(EngineAdmin, CurlSchedulesAJobAndWatchesIt) {
  const auto engine = up();
  std::FILE* events = popen(("curl -sN -m 100 " + url_ + "/api/v1/events").c_str(), "r");
  std::string seen;
  const auto read_until = [&](const std::string& mark) {
    for (int byte = 0; seen.find(mark) == std::string::npos && (byte = std::fgetc(events)) != EOF;)
      seen += static_cast<char>(byte);
  };
  read_until("event: status\n");
  const std::string answer =
      curl("jobs", "-w ' %{http_code}' --data-binary @" + (folder_ / "job.json").string());
  EXPECT_THAT(answer, HasSubstr("\n 201"));
  const std::string job = nlohmann::json::parse(answer.substr(0, answer.find('\n')))[0]["job_id"];
  for (const std::string action : {"created", "invoked", "completed", "archived"}) {
    read_until("\"action\":\"" + action + "\"");
    EXPECT_THAT(seen, HasSubstr("\"" + action + "\""));
  }
  read_until("\"state\":\"finished\"");
  EXPECT_THAT(seen, HasSubstr(job + "0000000000000003"));
  stop(*engine);
  EXPECT_EQ(pclose(events), 0) << "the stream ends properly";
}

}  // namespace
}  // namespace sosw
