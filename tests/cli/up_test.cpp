// `sosw up`, called by the clients that people have.

#include <array>
#include <cstdio>
#include <regex>

#include "cli/installation.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;

class Up : public Installation {
 protected:
  /// Echoes its event, fails when it is told to, and notes that it ran.
  Up() {
    configure(
        "event=$(cat); echo x >> ran; case $event in *fail*) echo 'no way' >&2; exit 1;; esac; echo "
        "\"$event\"",
        "    max_simultaneous_invocations: 4\n    retry: {base: 0.05, max: 0.1}\n");
  }

  /// The URL of the engine, once it is up.
  std::string url_of(Running& engine) {
    std::smatch match;
    std::string errors;
    wait_until(
        [&] {
          errors = engine.errors();
          return std::regex_search(errors, match, std::regex("up on (http://[0-9.:]+),"));
        },
        engine);
    return match.empty() ? "" : match[1].str();
  }

  std::size_t times_run() const {
    const std::string marks = read("ran");
    return static_cast<std::size_t>(std::ranges::count(marks, 'x'));
  }

  /// What a shell command writes to standard output.
  static std::string output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> bytes{};
    while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe))
      output.append(bytes.data(), count);
    pclose(pipe);
    return output;
  }
};

TEST_F(Up, Boto3CallsLabourersAndSchedulesAJob) {
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  // Debian's Python has Debian's boto3.
  const std::string output =
      output_of("/usr/bin/python3 " SOSW_SOURCE_DIR "/tests/cli/clients/invoke_with_boto3.py " + url);
  const auto answers = nlohmann::json::parse(output, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(answers.is_object()) << output << engine->errors();
  EXPECT_EQ(answers["result"]["status"], 200);
  EXPECT_EQ(answers["result"]["error"], nullptr);
  EXPECT_EQ(answers["result"]["body"]["say"], "hello");
  EXPECT_EQ(answers["failure"]["error"], "Unhandled");
  EXPECT_THAT(answers["failure"]["body"]["errorMessage"].get<std::string>(), HasSubstr("no way"));
  EXPECT_EQ(answers["event"]["status"], 202);
  EXPECT_EQ(answers["dry_run"]["status"], 204);
  EXPECT_EQ(answers["by_arn"]["body"]["say"], "arn");
  EXPECT_EQ(answers["job"]["body"]["jobs"][0]["labourer_id"], "work");
  EXPECT_EQ(answers["bad_job"]["error"], "Unhandled");
  EXPECT_THAT(answers["bad_job"]["body"]["errorMessage"].get<std::string>(),
              HasSubstr("no labourer 'nobody'"));
  EXPECT_EQ(answers["report"]["body"]["outcome"], "unknown");
  EXPECT_EQ(answers["names"],
            nlohmann::json::parse(R"(["sosw_orchestrator", "sosw_scavenger", "sosw_scheduler",
                                                        "sosw_worker_assistant", "work"])"));
  EXPECT_EQ(answers["unknown"], "ResourceNotFoundException");

  const std::string job_id = answers["job"]["body"]["jobs"][0]["job_id"];
  wait_until([&] { return sosw("job " + job_id + " --json").json()["completed"] == 3; }, *engine);
  engine->send(SIGTERM);
  const Ended ended = engine->wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(times_run(), 4U + 3U) << "four calls that were no tasks, and three tasks";
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

TEST_F(Up, ListensBeyondLoopbackOnlyWithAToken) {
  const Ended open = sosw("up --listen 0.0.0.0:0");
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_THAT(open.err, HasSubstr("token"));
  EXPECT_EQ(sosw("up --listen nowhere").exit_code, 2);

  environment_.push_back("SOSW_TOKEN=secret-words");
  const auto engine = start("up --listen 127.0.0.1:0");
  const std::string url = url_of(*engine);
  const std::string ask = "curl -s -o /dev/null -w '%{http_code}' ";
  EXPECT_EQ(output_of(ask + url + "/healthz"), "401");
  EXPECT_EQ(output_of(ask + "-H 'Authorization: Bearer secret-words' " + url + "/healthz"), "200");
  EXPECT_THAT(engine->errors(), ::testing::Not(HasSubstr("secret-words")));
}

}  // namespace
}  // namespace sosw
