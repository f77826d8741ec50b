#include "sosw/functions/runtime_functions.h"

#include <csignal>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "functions/warm_workshop.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class RuntimeFunctionsTest : public WarmWorkshop {
 protected:
  /// Outcomes of that many tasks, t0, t1, ..., invoked in one call.
  std::map<std::string, Outcome> outcomes_of_many(const std::string& id, int count,
                                                  const std::string& event) {
    std::vector<Invocation> all;
    for (int i = 0; i < count; ++i)
      all.push_back({&labourers_.at(id), {.task_id = fmt::format("t{}", i), .labourer_id = id}, event});
    for (const Dispatch& dispatch : functions().invoke(std::move(all)))
      EXPECT_EQ(dispatch.kind, Dispatch::Kind::accepted) << dispatch.problem;
    return outcomes_of(outcomes_, static_cast<std::size_t>(count));
  }
};

TEST_F(RuntimeFunctionsTest, AProcessStaysWarmFromTaskToTask) {
  add_python("worker");
  std::set<int> processes;
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = outcome_of("worker", R"({"n": 1})");
    EXPECT_TRUE(outcome.succeeded) << outcome.reason;
    const json result = json::parse(outcome.result);
    EXPECT_EQ(result["event"]["n"], 1);
    processes.insert(result["pid"].get<int>());
  }
  EXPECT_EQ(processes.size(), 1U);
}

TEST_F(RuntimeFunctionsTest, WorkersInManyLanguagesAreServed) {
  add_cpp("in_cpp");
  EXPECT_EQ(outcome_of("in_cpp", R"({"n": 21})").result, R"({"n": 21})");
  EXPECT_EQ(outcome_of("in_cpp", R"({"do": "nothing"})").result, "");
  EXPECT_EQ(outcome_of("in_cpp", R"({"do": "fail"})").reason, "std::invalid_argument: no such \"thing\"");
}

TEST_F(RuntimeFunctionsTest, AShellScriptIsServed) {
  if (!have("curl")) GTEST_SKIP() << "curl is not installed";
  add("in_shell", {.argv = {"./runtime_worker.sh"}});
  EXPECT_EQ(outcome_of("in_shell", R"({"n": 21})").result, R"({"length": 9})");
  EXPECT_EQ(outcome_of("in_shell", R"({"n": 210})").result, R"({"length": 10})");
  functions().stop(60);  // so that it removes its file
}

TEST_F(RuntimeFunctionsTest, ANodeScriptIsServed) {
  if (!have("node")) GTEST_SKIP() << "node is not installed";
  add("in_node", {.argv = {"node", "runtime_worker.js"}});
  EXPECT_EQ(outcome_of("in_node", R"({"n": 21})").result, R"({"doubled":42})");
  EXPECT_EQ(outcome_of("in_node", R"({"do": "fail"})").reason, "Error: no");
}

TEST_F(RuntimeFunctionsTest, ManyTasksAreSharedByProcesses) {
  add_cpp("worker");
  std::set<std::string> processes;
  for (const auto& [id, outcome] : outcomes_of_many("worker", 200, R"({"do": "pid"})")) {
    EXPECT_TRUE(outcome.succeeded) << outcome.reason;
    processes.insert(outcome.result);
  }
  EXPECT_GT(processes.size(), 1U);
}

TEST_F(RuntimeFunctionsTest, TasksUnderWayAtOnceHaveAProcessEach) {
  add_cpp("worker");
  std::vector<Invocation> all;
  for (int i = 0; i < 20; ++i)
    all.push_back({&labourers_.at("worker"),
                   {.task_id = fmt::format("t{}", i), .labourer_id = "worker"},
                   R"({"do": "hang"})"});
  functions().invoke(std::move(all));
  wait_until([&] { return processes().size() == 20; });
  functions().stop(0);
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 20)) {
    EXPECT_TRUE(outcome.cut);
    EXPECT_THAT(outcome.reason, StartsWith("the engine stopped"));
  }
  EXPECT_EQ(processes().size(), 0U);
}

TEST_F(RuntimeFunctionsTest, TheEnvironmentAndTheHeadersAreThoseOfLambda) {
  options_.invoke_url = "http://127.0.0.1:8787";
  options_.invoke_credentials = {"sosw", "secret-words"};
  unsetenv("AWS_ACCESS_KEY_ID");
  add_python("worker", 30, "module.function");
  labourers_["worker"].arn = "arn:aws:lambda:eu-west-1:123456789012:function:worker";
  const Time before = clock_.now();
  const std::string task_id = "0123456789abcdef0123456789abcdef";
  invoke("worker", task_id, R"({"do": "environment"})");
  const json result = json::parse(outcomes_of(outcomes_, 1).at(task_id).result);
  const json& environment = result["environment"];
  EXPECT_EQ(environment["AWS_LAMBDA_FUNCTION_NAME"], "worker");
  EXPECT_EQ(environment["AWS_LAMBDA_FUNCTION_VERSION"], "$LATEST");
  EXPECT_EQ(environment["AWS_LAMBDA_LOG_GROUP_NAME"], "/aws/lambda/worker");
  EXPECT_EQ(environment["_HANDLER"], "module.function");
  EXPECT_EQ(environment["LAMBDA_TASK_ROOT"], kWorkers);
  EXPECT_EQ(environment["AWS_ENDPOINT_URL_LAMBDA"], "http://127.0.0.1:8787");
  EXPECT_EQ(environment["AWS_ACCESS_KEY_ID"], "sosw");
  EXPECT_EQ(environment["AWS_SECRET_ACCESS_KEY"], "secret-words");
  for (const char* name : {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_REGION",
                           "AWS_DEFAULT_REGION", "AWS_LAMBDA_INITIALIZATION_TYPE"})
    EXPECT_TRUE(environment.contains(name)) << name;
  const json& headers = result["headers"];
  EXPECT_THAT(headers["Lambda-Runtime-Aws-Request-Id"].get<std::string>(),
              StartsWith("01234567-89ab-cdef-0123-"));
  EXPECT_EQ(headers["Lambda-Runtime-Invoked-Function-Arn"], labourers_["worker"].arn);
  EXPECT_THAT(headers["Lambda-Runtime-Trace-Id"].get<std::string>(), StartsWith("Root=1-01234567-"));
  EXPECT_EQ(headers["Content-Type"], "application/json");
  const double deadline = std::stod(headers["Lambda-Runtime-Deadline-Ms"].get<std::string>()) / 1000;
  EXPECT_GE(deadline, before + 29.9);
  EXPECT_LE(deadline, clock_.now() + 30);
}

TEST_F(RuntimeFunctionsTest, AnAccessKeyIdOfTheEngineIsKeptEvenAnEmptyOne) {
  options_.invoke_credentials = {"sosw", "secret-words"};
  setenv("AWS_ACCESS_KEY_ID", "", 1);
  add_python("worker");
  const json environment =
      json::parse(outcome_of("worker", R"({"do": "environment"})").result)["environment"];
  unsetenv("AWS_ACCESS_KEY_ID");
  EXPECT_EQ(environment["AWS_ACCESS_KEY_ID"], "");
  EXPECT_FALSE(environment.contains("AWS_SECRET_ACCESS_KEY")) << environment;
}

TEST_F(RuntimeFunctionsTest, AFunctionsErrorFailsTheTaskAndKeepsTheProcess) {
  add_python("worker");
  const Outcome failed = outcome_of("worker", R"({"do": "fail"})");
  EXPECT_FALSE(failed.succeeded);
  EXPECT_EQ(failed.reason, "ValueError: not today");
  EXPECT_FALSE(failed.cut);
  EXPECT_EQ(processes().size(), 1U);
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeFunctionsTest, AResultThatIsNoJsonFailsTheTask) {
  add_python("worker");
  EXPECT_THAT(outcome_of("worker", R"({"do": "no json"})").reason, HasSubstr("plain text"));
}

TEST_F(RuntimeFunctionsTest, AResultThatIsTooLargeFailsTheTaskAndKeepsTheProcess) {
  add_python("worker");
  EXPECT_THAT(outcome_of("worker", R"({"do": "large"})").reason,
              StartsWith("Function.ResponseSizeTooLarge: "));
  const json told = json::parse(outcome_of("worker", R"({"do": "last"})").result);
  EXPECT_EQ(told["large"]["status"], 413);
  EXPECT_EQ(told["large"]["body"]["errorType"], "RequestEntityTooLarge");
}

TEST_F(RuntimeFunctionsTest, ASecondAnswerAndAWrongIdAreRefusedAndHarmless) {
  add_python("worker");
  EXPECT_EQ(outcome_of("worker", R"({"do": "twice"})").result, R"({"n": 1})");
  const json told = json::parse(outcome_of("worker", R"({"do": "last"})").result);
  EXPECT_EQ(told["first"]["status"], 202);
  EXPECT_EQ(told["first"]["body"]["status"], "OK");
  for (const char* refused : {"second", "error", "unknown"}) {
    EXPECT_EQ(told[refused]["status"], 400) << refused;
    EXPECT_EQ(told[refused]["body"]["errorType"], "InvalidRequestID") << refused;
  }
}

TEST_F(RuntimeFunctionsTest, AWorkerThatAsksTwiceGetsTheSameEvent) {
  add_python("worker");
  EXPECT_EQ(outcome_of("worker", R"({"do": "again"})").result, R"({"same": true})");
}

TEST_F(RuntimeFunctionsTest, OtherCallsHaveTheErrorsOfLambda) {
  add_python("worker");
  const json late = json::parse(outcome_of("worker", R"({"do": "init error"})").result);
  EXPECT_EQ(late["status"], 403);
  EXPECT_EQ(late["body"]["errorType"], "InvalidStateTransition");
  EXPECT_EQ(json::parse(outcome_of("worker", R"({"do": "elsewhere"})").result)["status"], 404);
}

TEST_F(RuntimeFunctionsTest, WhatAWorkerPrintsIsLoggedWithItsTaskAndRequest) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log, true)));
  add_python("worker");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(outcome_of("worker", R"({"do": "say"})").succeeded);
  functions_.reset();
  spdlog::set_default_logger(before);
  for (int i = 1; i <= 3; ++i) {
    const std::string task = fmt::format("task t (t0000000-0000-0000-0000-{:012}): ", i);
    EXPECT_THAT(log.str(), HasSubstr(task + "hello from the worker"));
    EXPECT_THAT(log.str(), HasSubstr(task + "and an error"));
  }
}

TEST_F(RuntimeFunctionsTest, ATaskThatFindsNoFreeProcessInItsTimeFails) {
  options_.starts_at_once = 0;
  add_cpp("worker", 0.1);
  EXPECT_EQ(outcome_of("worker").reason, "no process was free for it within 0.1 s");
}

TEST_F(RuntimeFunctionsTest, AProcessThatDiesAtWorkFailsItsTaskAndIsReplaced) {
  add_python("worker");
  const Outcome died = outcome_of("worker", R"({"do": "die"})");
  EXPECT_EQ(died.reason, "exit code 7: last words");
  EXPECT_FALSE(died.cut);
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeFunctionsTest, AReasonQuotesNoOtherTasksWords) {
  add_python("worker");
  EXPECT_TRUE(outcome_of("worker", R"({"do": "say"})").succeeded);
  EXPECT_EQ(outcome_of("worker", R"({"do": "vanish"})").reason, "exit code 7");
}

TEST_F(RuntimeFunctionsTest, ATaskWaitsForTheProcessThatHasAnsweredAndNotYetAskedAgain) {
  add_python("worker");
  const std::string gate = fmt::format("/tmp/sosw_gate_{}", getpid());
  mkfifo(gate.c_str(), 0600);
  EXPECT_TRUE(outcome_of("worker", R"({"do": "linger", "gate": ")" + gate + R"("})").succeeded);
  invoke("worker", "next");
  close(open(gate.c_str(), O_WRONLY));
  EXPECT_TRUE(outcomes_of(outcomes_, 1).at("next").succeeded);
  EXPECT_THAT(processes(), SizeIs(1));
  unlink(gate.c_str());
}

TEST_F(RuntimeFunctionsTest, AProcessThatDoesNotAskAgainHoldsUpNoTaskForLong) {
  add_python("worker");
  const std::string gate = fmt::format("/tmp/sosw_shut_gate_{}", getpid());
  mkfifo(gate.c_str(), 0600);
  EXPECT_TRUE(outcome_of("worker", R"({"do": "linger", "gate": ")" + gate + R"("})").succeeded);
  EXPECT_TRUE(outcome_of("worker").succeeded);
  EXPECT_THAT(processes(), SizeIs(2));
  unlink(gate.c_str());
}

TEST_F(RuntimeFunctionsTest, ACallThatIsNoTaskKeepsItsRequestId) {
  add_python("worker");
  std::vector<Invocation> call;
  call.push_back({&labourers_.at("worker"),
                  {.task_id = "0123456789abcdef0123456789abcdef", .labourer_id = "worker"},
                  R"({"do": "environment"})"});
  functions().invoke(std::move(call));
  const auto outcomes = outcomes_of(outcomes_, 1);
  EXPECT_THAT(outcomes.begin()->second.result, HasSubstr("01234567-89ab-cdef-0123-456789abcdef"));
}

TEST_F(RuntimeFunctionsTest, AProcessThatIsKilledWithoutWorkIsReplaced) {
  add_python("worker");
  kill(json::parse(outcome_of("worker").result)["pid"].get<int>(), SIGKILL);
  wait_until([] { return processes().empty(); });
  const Outcome outcome = outcome_of("worker");
  // The kill may still be unknown when the task comes; then the task is lost with the process.
  EXPECT_TRUE(outcome.succeeded || outcome.reason == "killed by SIGKILL") << outcome.reason;
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeFunctionsTest, ATaskThatTakesTooLongIsKilled) {
  add_cpp("worker", 0.1);
  const Outcome outcome = outcome_of("worker", R"({"do": "hang"})");
  EXPECT_EQ(outcome.reason, "timed out after 0.1 s, the labourer's duration");
  EXPECT_FALSE(outcome.cut);
  EXPECT_TRUE(processes().empty());
}

TEST_F(RuntimeFunctionsTest, AnInitErrorFailsTheTaskThatWaits) {
  add_python("worker", 60, "no.init");
  const Outcome outcome = outcome_of("worker");
  EXPECT_THAT(outcome.reason,
              AllOf(HasSubstr("before it asked for work"),
                    HasSubstr("Runtime.ImportModuleError: No module named no"), HasSubstr("importing")));
}

TEST_F(RuntimeFunctionsTest, AProcessThatEndsBeforeItAsksFailsOneTaskAfterTheOther) {
  add("worker", {.argv = {"sh", "-c", "echo no library >&2; exit 4"}});
  for (const auto& [id, outcome] : outcomes_of_many("worker", 3, "{}"))
    EXPECT_EQ(outcome.reason, "its process ended before it asked for work: exit code 4: no library");
}

TEST_F(RuntimeFunctionsTest, AProcessThatNeverAsksIsKilled) {
  options_.init_timeout = 0.1;
  add("worker", {.argv = {"sleep", "1000"}});
  EXPECT_EQ(outcome_of("worker").reason,
            "its process ended before it asked for work: did not ask for work within 0.1 s");
}

TEST_F(RuntimeFunctionsTest, AProgramThatDoesNotExistFailsAllThatWait) {
  add("worker", {.argv = {"./no_such_program"}});
  for (const auto& [id, outcome] : outcomes_of_many("worker", 3, "{}"))
    EXPECT_THAT(outcome.reason, AllOf(StartsWith("./no_such_program can't be started in "),
                                      HasSubstr("No such file or directory")));
}

TEST_F(RuntimeFunctionsTest, ALabourerWithoutAProgramFailsAtOnce) {
  labourers_["other"] = {.id = "other"};
  const Dispatch dispatch = invoke("other", "t");
  EXPECT_EQ(dispatch.kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatch.problem, "labourer other has no program for the Runtime API");
}

TEST_F(RuntimeFunctionsTest, AnIdleProcessEnds) {
  options_.idle_timeout = 0.05;
  add_cpp("worker");
  EXPECT_TRUE(outcome_of("worker").succeeded);
  wait_until([] { return processes().empty(); });
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeFunctionsTest, AnIdleProcessThatIgnoresSigtermIsKilled) {
  options_.idle_timeout = options_.termination_timeout = 0.05;
  add("worker", {.argv = {"sh", "-c", "trap '' TERM; exec \"$0\"", SOSW_RUNTIME_WORKER}});
  EXPECT_TRUE(outcome_of("worker").succeeded);
  wait_until([] { return processes().empty(); });
}

TEST_F(RuntimeFunctionsTest, StoppingAsksIdleProcessesToEnd) {
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

TEST_F(RuntimeFunctionsTest, StoppingLetsWorkFinishWithinItsGrace) {
  add_cpp("worker");
  EXPECT_TRUE(outcome_of("worker").succeeded);
  for (int i = 0; i < 50; ++i) invoke("worker", fmt::format("t{}", i));
  functions().stop(60);
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 50))
    EXPECT_TRUE(outcome.succeeded ||
                (outcome.cut && outcome.reason == "the engine stopped before it was started"));
}

TEST_F(RuntimeFunctionsTest, AllProcessesDieWithTheirOwner) {
  add_cpp("worker");
  invoke("worker", "t", R"({"do": "hang"})");
  wait_until([] { return processes().size() == 1; });
  functions_.reset();
  EXPECT_TRUE(processes().empty());
}

TEST_F(RuntimeFunctionsTest, TheLogOfATaskIsWhatWasPrintedForIt) {
  add_python("work");
  EXPECT_THAT(outcome_of("work", R"({"do": "say"})").log,
              AllOf(HasSubstr("hello from the worker\n"), HasSubstr("and an error\n")));
  EXPECT_EQ(outcome_of("work").log, "") << "the same process, another task";
  EXPECT_EQ(outcome_of("work", R"({"do": "die"})").log, "last words\n");
}

TEST_F(RuntimeFunctionsTest, ATaskThatFindsNoProcessBecauseItsStartFailsHasTheLogOfTheStart) {
  add_python("work", 60, "no.init");
  EXPECT_EQ(outcome_of("work").log, "importing\n");
}

}  // namespace
}  // namespace sosw
