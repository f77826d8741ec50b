#include "runners/runtime/runtime_functions.h"

#include <csignal>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "runners/runtime_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

using RuntimeFunctionsTest = RuntimeFixture;

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

TEST_F(RuntimeFunctionsTest, StatsComeInAHeaderAlsoOfAnError) {
  add_python("worker");
  const auto outcome = [&](const std::string& kind, const std::string& stats) {
    return outcome_of("worker", json({{"do", "count"}, {"kind", kind}, {"stats", stats}}).dump());
  };
  EXPECT_EQ(outcome("response", R"({"rows": 3})").stats, R"({"rows": 3})");
  const Outcome failed = outcome("error", R"({"rows": 4})");
  EXPECT_EQ(failed.reason, "E: e");
  EXPECT_EQ(failed.stats, R"({"rows": 4})");
  const Outcome odd = outcome("response", "many");
  EXPECT_TRUE(odd.succeeded) << odd.reason;
  EXPECT_EQ(odd.stats, "");
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

TEST_F(RuntimeFunctionsTest, ConcurrentTasksHaveAProcessEach) {
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
    EXPECT_TRUE(outcome.interrupted);
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
  const Time deadline(std::stod(headers["Lambda-Runtime-Deadline-Ms"].get<std::string>()) / 1000);
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
  EXPECT_FALSE(failed.interrupted);
  EXPECT_EQ(processes().size(), 1U);
  EXPECT_TRUE(outcome_of("worker").succeeded);
}

TEST_F(RuntimeFunctionsTest, AResultThatIsNotJsonFailsTheTask) {
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

TEST_F(RuntimeFunctionsTest, AProcessThatDoesNotAskAgainInItsTimeIsReplaced) {
  add_python("worker", 0.5);
  const std::string gate = fmt::format("/tmp/sosw_shut_gate_{}", getpid());
  mkfifo(gate.c_str(), 0600);
  EXPECT_TRUE(outcome_of("worker", R"({"do": "linger", "gate": ")" + gate + R"("})").succeeded);
  labourers_.at("worker").duration = 60;
  EXPECT_TRUE(outcome_of("worker").succeeded);
  EXPECT_THAT(processes(), SizeIs(1));
  unlink(gate.c_str());
}

TEST_F(RuntimeFunctionsTest, ADirectCallKeepsItsRequestIdAndClientContext) {
  add_python("worker");
  std::vector<Invocation> call;
  call.push_back({&labourers_.at("worker"),
                  {.task_id = "0123456789abcdef0123456789abcdef", .labourer_id = "worker"},
                  R"({"do": "environment"})",
                  "arn:x:PROD",
                  R"({"custom":1})"});
  functions().invoke(std::move(call));
  const auto outcomes = outcomes_of(outcomes_, 1);
  const std::string& seen = outcomes.begin()->second.result;
  EXPECT_THAT(seen, HasSubstr("01234567-89ab-cdef-0123-456789abcdef"));
  const auto headers = json::parse(seen)["headers"];
  EXPECT_EQ(headers["Lambda-Runtime-Invoked-Function-Arn"], "arn:x:PROD");
  EXPECT_EQ(headers["Lambda-Runtime-Client-Context"], R"({"custom":1})");
}

TEST_F(RuntimeFunctionsTest, ALabourerWithoutAProgramFailsAtOnce) {
  labourers_["other"] = {.id = "other"};
  const Dispatch dispatch = invoke("other", "t");
  EXPECT_EQ(dispatch.kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatch.problem, "labourer other has no program for the Runtime API");
}

TEST_F(RuntimeFunctionsTest, TheLogOfATaskIsWhatWasPrintedForIt) {
  add_python("work");
  EXPECT_THAT(outcome_of("work", R"({"do": "say"})").log,
              AllOf(HasSubstr("hello from the worker\n"), HasSubstr("and an error\n")));
  EXPECT_EQ(outcome_of("work").log, "") << "the same process, another task";
  EXPECT_EQ(outcome_of("work", R"({"do": "die"})").log, "last words\n");
}

TEST_F(RuntimeFunctionsTest, ATaskWhoseProcessFailsToStartHasTheLogOfTheStart) {
  add_python("work", 60, "no.init");
  EXPECT_EQ(outcome_of("work").log, "importing\n");
}

}  // namespace
}  // namespace sosw
