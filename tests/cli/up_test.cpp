// `sosw up` as a service.

#include <array>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;

class Up : public CliFixture {
 protected:
  /// Notes that it ran.
  Up() { configure("echo x >> ran", "    max_simultaneous_invocations: 4\n"); }

  std::size_t times_run() const {
    const std::string marks = read("ran");
    return static_cast<std::size_t>(std::ranges::count(marks, 'x'));
  }
};

TEST_F(Up, CallsTheEssentialsWhatTheConfigurationSays) {
  write("sosw.yaml", read("sosw.yaml") + "essentials: {scheduler: my_scheduler, scavenger: sweeper}\n");
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string functions = url_of(*engine) + "/2015-03-31/functions/";
  const std::string scheduled =
      output_of("curl -s -d '{\"lambda_name\": \"work\"}' " + functions + "my_scheduler/invocations");
  EXPECT_THAT(scheduled, HasSubstr("\"labourer_id\":\"work\""));
  const std::string names = output_of("curl -s " + functions);
  for (const char* name : {"my_scheduler", "sweeper", "sosw_orchestrator", "sosw_worker_assistant"})
    EXPECT_THAT(names, HasSubstr('"' + std::string(name) + '"'));
  EXPECT_THAT(names, ::testing::Not(HasSubstr("sosw_scheduler")));
}

TEST_F(Up, WorksOnWhatAnotherProcessSchedulesUntilItIsTold) {
  write_job(20);
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return times_run() == 20U; }, *engine);
  engine->send(SIGINT);
  EXPECT_EQ(engine->wait().exit_code, 0);
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 20U) << "what ran could finish";
}

TEST_F(Up, ExitsWhenItsSupervisorWasKilledSoThatItCanBeRestarted) {
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  const std::string children = read(fmt::format("/proc/{0}/task/{0}/children", engine->pid()));
  kill(std::stoi(children), SIGKILL);
  const Ended ended = engine->wait();
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("the process that keeps the workers was killed"));
  EXPECT_EQ(times_run(), 0U);
}

TEST_F(Up, AnswersUntilItsWorkersHaveFinished) {
  mkfifo((folder_ / "gate").c_str(), 0644);
  configure("echo x >> ran; cat gate");
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string functions = url_of(*engine) + "/2015-03-31/functions/";
  std::FILE* caller = popen(("curl -s -m 100 -d '{}' " + functions + "work/invocations").c_str(), "r");
  wait_until([&] { return times_run() == 1U; }, *engine);
  engine->send(SIGTERM);
  wait_until([&] { return engine->errors().find("stopping") != std::string::npos; }, *engine);
  EXPECT_EQ(output_of("curl -s -d '{\"action\": \"mark_task_as_completed\", \"task_id\": \"x\"}' " +
                      functions + "sosw_worker_assistant/invocations"),
            R"({"outcome":"unknown"})");
  std::ofstream(folder_ / "gate") << R"({"done": 1})";
  std::array<char, 100> answer{};
  EXPECT_STREQ(std::fgets(answer.data(), answer.size(), caller), R"({"done": 1})");
  pclose(caller);
  EXPECT_EQ(engine->wait().exit_code, 0);
}

TEST_F(Up, ListensBeyondLoopbackOnlyWithAToken) {
  const Ended open = sosw("up --listen 0.0.0.0:0");
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_THAT(open.err, HasSubstr("token"));
  EXPECT_EQ(sosw("up --listen nowhere").exit_code, 2);

  environment_.push_back("SOSW_TOKEN=secret-words");
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  const std::string ask = "curl -s -o /dev/null -w '%{http_code}' ";
  EXPECT_EQ(output_of(ask + url + "/readyz"), "401");
  EXPECT_EQ(output_of(ask + url + "/healthz"), "200") << "probes have no token";
  EXPECT_EQ(output_of(ask + "-H 'Authorization: Bearer secret-words' " + url + "/readyz"), "200");
  EXPECT_THAT(engine->errors(), ::testing::Not(HasSubstr("secret-words")));
}

}  // namespace
}  // namespace sosw
