// How warm processes end, and what becomes of their work: failures, limits, stopping.

#include <csignal>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "log_lines.h"
#include "runners/runtime_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class RuntimeEndsTest : public RuntimeFixture {
 protected:
  /// Of work that began and was given no grace.
  Outcome outcome_when_stopped(const std::string& what) {
    add_python("worker");
    const std::string started = fmt::format("/tmp/sosw_started_{}", getpid());
    mkfifo(started.c_str(), 0600);
    invoke("worker", "t", json{{"do", what}, {"started", started}}.dump());
    close(open(started.c_str(), O_RDONLY));
    functions().stop(0);
    unlink(started.c_str());
    return outcomes_of(outcomes_, 1).at("t");
  }
};

TEST_F(RuntimeEndsTest, ATaskWithoutAFreeProcessInTimeIsRefused) {
  options_.starts_at_once = 0;
  add_cpp("worker", 0.1);
  const Outcome outcome = outcome_of("worker");
  EXPECT_EQ(outcome.reason, "no process was free for it within 0.1 s");
  EXPECT_TRUE(outcome.refused);
}

TEST_F(RuntimeEndsTest, ATaskWhoseProcessDoesNotStartInTimeFails) {
  add("worker", {.argv = {"sleep", "1000"}}, 0.1);
  labourers_.at("worker").cooldown = 0.4;
  const Outcome outcome = outcome_of("worker");
  EXPECT_EQ(outcome.reason, "its process did not ask for work within 0.2 s");
  EXPECT_FALSE(outcome.refused);
}

TEST_F(RuntimeEndsTest, StartupTimeDoesNotCountAgainstTheTask) {
  add("worker", {.argv = {"sh", "-c", "sleep 0.4; exec python3 runtime_worker.py"}, .handler = "a.handler"},
      0.2);
  const Outcome outcome = outcome_of("worker");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
}

TEST_F(RuntimeEndsTest, CallersGetLambdaErrors) {
  add_python("worker");
  add_cpp("slow", 0.1);
  add_python("broken", 60, "no.init");
  add("missing", {.argv = {"./no_such_program"}});
  const auto error_of = [&](const std::string& id, const std::string& event = "{}") {
    return json::parse(outcome_of(id, event).error);
  };
  EXPECT_EQ(
      error_of("worker", R"({"do": "fail"})"),
      json::parse(R"({"errorType": "ValueError", "errorMessage": "not today", "stackTrace": ["line 1"]})"));
  const auto died = error_of("worker", R"({"do": "die"})");
  EXPECT_EQ(died["errorType"], "Runtime.ExitError");
  EXPECT_THAT(died["errorMessage"].get<std::string>(),
              MatchesRegex("RequestId: t0000000-.* Error: Runtime exited with error: exit status 7"));
  const auto late = error_of("slow", R"({"do": "hang"})");
  EXPECT_EQ(late["errorType"], "Sandbox.Timedout");
  EXPECT_THAT(late["errorMessage"].get<std::string>(), EndsWith(" Error: Task timed out after 0.10 seconds"));
  EXPECT_EQ(error_of("broken")["errorType"], "Runtime.ImportModuleError");
  EXPECT_EQ(error_of("missing")["errorType"], "Runtime.InvalidEntrypoint");
}

TEST_F(RuntimeEndsTest, AProcessThatDiesWhileWorkingFailsItsTaskAndIsReplaced) {
  add_python("worker");
  const Outcome died = outcome_of("worker", R"({"do": "die"})");
  EXPECT_EQ(died.reason, "exit code 7: last words");
  EXPECT_FALSE(died.interrupted);
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeEndsTest, AReasonNeverQuotesTheOutputOfAnotherTask) {
  add_python("worker");
  EXPECT_TRUE(outcome_of("worker", R"({"do": "say"})").succeeded);
  EXPECT_EQ(outcome_of("worker", R"({"do": "vanish"})").reason, "exit code 7");
}

TEST_F(RuntimeEndsTest, AProcessThatIsKilledWithoutWorkIsReplaced) {
  add_python("worker");
  kill(json::parse(outcome_of("worker").result)["pid"].get<int>(), SIGKILL);
  wait_until([] { return processes().empty(); });
  const Outcome outcome = outcome_of("worker");
  // The kill may still be unknown when the task comes; then the task is lost with the process.
  EXPECT_TRUE(outcome.succeeded || outcome.reason == "killed by SIGKILL") << outcome.reason;
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeEndsTest, ATaskThatTakesTooLongIsKilled) {
  add_cpp("worker", 0.1);
  const Outcome outcome = outcome_of("worker", R"({"do": "hang"})");
  EXPECT_EQ(outcome.reason, "timed out after 0.1 s, the labourer's duration");
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_TRUE(processes().empty());
}

TEST_F(RuntimeEndsTest, AnInitErrorFailsTheTaskThatWaits) {
  add_python("worker", 60, "no.init");
  const Outcome outcome = outcome_of("worker");
  EXPECT_THAT(outcome.reason,
              AllOf(HasSubstr("before it asked for work"),
                    HasSubstr("Runtime.ImportModuleError: No module named no"), HasSubstr("importing")));
}

TEST_F(RuntimeEndsTest, AProcessThatEndsBeforeItAsksFailsOneTaskAfterTheOther) {
  add("worker", {.argv = {"sh", "-c", "echo no library >&2; exit 4"}});
  for (const auto& [id, outcome] : outcomes_of_many("worker", 3, "{}"))
    EXPECT_EQ(outcome.reason, "its process ended before it asked for work: exit code 4: no library");
}

TEST_F(RuntimeEndsTest, AProcessThatNeverAsksIsKilled) {
  options_.init_timeout = 0.1;
  add("worker", {.argv = {"sleep", "1000"}}, 0.2);
  const Outcome outcome = outcome_of("worker");
  EXPECT_EQ(outcome.reason, "its process ended before it asked for work: did not ask for work within 0.2 s");
  EXPECT_EQ(json::parse(outcome.error)["errorType"], "Sandbox.Timedout");
}

TEST_F(RuntimeEndsTest, WaitingWorkReportsWhyTheLastStartFailed) {
  add("worker", {.argv = {"sh", "-c", "exit 4"}}, 0.05);
  labourers_.at("worker").cooldown = 0;
  for (int i = 0; i < 5; ++i) {  // starts become rarer, and most of these wait in vain
    const Outcome outcome = outcome_of("worker");
    EXPECT_EQ(outcome.reason, "its process ended before it asked for work: exit code 4");
    EXPECT_EQ(json::parse(outcome.error)["errorType"], "Runtime.ExitError");
    EXPECT_FALSE(outcome.refused);
  }
}

TEST_F(RuntimeEndsTest, AProgramThatDoesNotExistFailsAllThatWait) {
  add("worker", {.argv = {"./no_such_program"}});
  for (const auto& [id, outcome] : outcomes_of_many("worker", 3, "{}"))
    EXPECT_THAT(outcome.reason, AllOf(StartsWith("./no_such_program can't be started in "),
                                      HasSubstr("No such file or directory")));
}

TEST_F(RuntimeEndsTest, AProcessThatAnswersAndGoesIsNoFailure) {
  const LoggedLines log;
  add_python("worker");
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(outcome_of("worker", R"({"do": "answer and go"})").succeeded) << "a cold start each";
  functions().stop(60);
  EXPECT_EQ(log.text(), "");
}

TEST_F(RuntimeEndsTest, AnIdleProcessEnds) {
  options_.idle_timeout = 0.05;
  add_cpp("worker");
  EXPECT_TRUE(outcome_of("worker").succeeded);
  wait_until([] { return processes().empty(); });
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeEndsTest, AnIdleProcessThatIgnoresSigtermIsKilled) {
  options_.idle_timeout = options_.termination_timeout = 0.05;
  add("worker", {.argv = {"sh", "-c", "trap '' TERM; exec \"$0\"", SOSW_RUNTIME_WORKER}});
  EXPECT_TRUE(outcome_of("worker").succeeded);
  wait_until([] { return processes().empty(); });
}

TEST_F(RuntimeEndsTest, StoppingTerminatesIdleProcesses) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("sosw_{}", getpid());
  std::filesystem::create_directory(folder);
  add("worker",
      {.argv = {"sh", "-c", "trap 'touch ended; kill $!; exit' TERM; \"$0\" & wait", SOSW_RUNTIME_WORKER},
       .directory = folder});
  EXPECT_TRUE(outcome_of("worker").succeeded);
  functions().stop(60);
  EXPECT_TRUE(std::filesystem::exists(folder / "ended"));
  std::filesystem::remove_all(folder);
  EXPECT_EQ(invoke("worker", "t").kind, Dispatch::Kind::refused);
}

TEST_F(RuntimeEndsTest, StoppingLetsWorkFinishWithinTheGracePeriod) {
  add_cpp("worker");
  EXPECT_TRUE(outcome_of("worker").succeeded);
  for (int i = 0; i < 50; ++i) invoke("worker", fmt::format("t{}", i));
  functions().stop(60);
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 50))
    EXPECT_TRUE(outcome.succeeded ||
                (outcome.interrupted && outcome.reason == "the engine stopped before it was started"));
}

TEST_F(RuntimeEndsTest, WorkIsTerminatedAfterTheGracePeriod) {
  options_.termination_timeout = 60;
  const Outcome outcome = outcome_when_stopped("until SIGTERM");
  EXPECT_EQ(outcome.result, R"({"heard": "SIGTERM"})") << outcome.reason;
}

TEST_F(RuntimeEndsTest, WorkThatIgnoresSigtermIsInterrupted) {
  options_.termination_timeout = 0.1;
  const Outcome outcome = outcome_when_stopped("ignore SIGTERM");
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.reason, "the engine stopped");
}

TEST_F(RuntimeEndsTest, AllProcessesDieWithTheirOwner) {
  add_cpp("worker");
  invoke("worker", "t", R"({"do": "hang"})");
  wait_until([] { return processes().size() == 1; });
  functions_.reset();
  EXPECT_TRUE(processes().empty());
}

}  // namespace
}  // namespace sosw
