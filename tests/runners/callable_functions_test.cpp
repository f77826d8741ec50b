#include "runners/callable_functions.h"

#include <atomic>
#include <latch>
#include <set>
#include <stdexcept>

#include "runners/process_fixture.h"

namespace sosw {
namespace {

using ::testing::IsEmpty;

class Callables : public ::testing::Test {
 protected:
  Outcome outcome_of(TaskFunction function) {
    CallableFunctions functions(outcomes_, 1);
    functions.add("work", std::move(function));
    EXPECT_EQ(functions.invoke(invocations(1)).at(0).kind, Dispatch::Kind::accepted);
    return outcomes_of(outcomes_, 1).at("0");
  }
  std::vector<Invocation> invocations(int count) {
    std::vector<Invocation> made;
    for (int i = 0; i < count; ++i)
      made.push_back({&labourer_,
                      {.task_id = std::to_string(i),
                       .labourer_id = "work",
                       .attempts = 1,
                       .payload = R"({"size": 1.50})"}});
    return made;
  }

  Labourer labourer_{.id = "work"};
  Outcomes outcomes_;
};

TEST_F(Callables, GetTheAttemptAndReturnTheResult) {
  const auto began = std::chrono::steady_clock::now();
  const Outcome outcome = outcome_of([&](const TaskAttempt& attempt) {
    EXPECT_EQ(attempt.task_id, "0");
    EXPECT_EQ(attempt.payload, R"({"size": 1.50})");
    EXPECT_EQ(attempt.number, 2);
    EXPECT_GE(attempt.deadline - began, std::chrono::seconds(900));
    EXPECT_FALSE(attempt.stop.stop_requested());
    return std::string(R"({"fine":  1.50})");
  });
  EXPECT_TRUE(outcome.succeeded);
  EXPECT_EQ(outcome.result, R"({"fine":  1.50})");
  EXPECT_EQ(outcome.task.labourer_id, "work");
}

TEST_F(Callables, FailByThrowing) {
  const Outcome outcome =
      outcome_of([](const TaskAttempt&) -> std::string { throw std::runtime_error("no\nway"); });
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.reason, "no way");
  EXPECT_EQ(outcome_of([](const TaskAttempt&) -> std::string { throw std::runtime_error(""); }).reason,
            "it threw an exception without a text");
  EXPECT_EQ(outcome_of([](const TaskAttempt&) -> std::string { throw 5; }).reason,
            "it threw something that is no std::exception");
}

TEST_F(Callables, FailWhenTheyDoNotReturnJson) {
  EXPECT_EQ(outcome_of([](const TaskAttempt&) { return std::string("fine"); }).reason,
            "its output is neither JSON nor empty: fine");
}

TEST_F(Callables, RunOnceEachOnTheGivenNumberOfThreads) {
  CallableFunctions functions(outcomes_, 3);
  std::latch all_at_work(3);
  std::atomic<int> calls = 0;
  functions.add("work", [&](const TaskAttempt&) {
    if (++calls <= 3) all_at_work.arrive_and_wait();
    return std::string();
  });
  functions.invoke(invocations(1000));
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 1000)) EXPECT_TRUE(outcome.succeeded) << id;
  EXPECT_EQ(calls, 1000);
}

TEST_F(Callables, AreDispatchedInOrder) {
  CallableFunctions functions(outcomes_, 1);
  functions.add("work", [](const TaskAttempt&) { return std::string(); });
  const Labourer unknown{.id = "unknown"};
  std::vector<Invocation> both = invocations(2);
  both[0].labourer = &unknown;
  const auto dispatches = functions.invoke(std::move(both));
  EXPECT_EQ(dispatches.at(0).kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatches.at(0).problem, "there is no function for unknown");
  EXPECT_EQ(dispatches.at(1).kind, Dispatch::Kind::accepted);
  outcomes_of(outcomes_, 1);
}

TEST_F(Callables, DoNotRunAfterShutdownIfTheyStillWait) {
  std::latch begun(1), may_end(1);
  std::atomic<int> calls = 0;
  auto functions = std::make_unique<CallableFunctions>(outcomes_, 1);
  functions->add("work", [&](const TaskAttempt&) {
    ++calls;
    begun.count_down();
    may_end.wait();
    return std::string();
  });
  functions->invoke(invocations(10));
  begun.wait();
  std::jthread other([&] { functions.reset(); });
  may_end.count_down();
  other.join();
  EXPECT_EQ(static_cast<std::size_t>(calls), outcomes_.take().size());
}

TEST_F(Callables, ThatWaitAreRefusedWhenAllStop) {
  std::latch begun(1), may_end(1);
  CallableFunctions functions(outcomes_, 1);
  functions.add("work", [&](const TaskAttempt&) {
    begun.count_down();
    may_end.wait();
    return std::string();
  });
  functions.invoke(invocations(3));
  begun.wait();
  std::jthread other([&] { functions.stop(3600); });
  const auto refused = outcomes_of(outcomes_, 2);  // while the other one still runs
  for (const auto& [id, outcome] : refused) EXPECT_TRUE(outcome.refused) << id;
  EXPECT_FALSE(refused.contains("0"));
  EXPECT_EQ(functions.invoke(invocations(1)).at(0).kind, Dispatch::Kind::refused);
  may_end.count_down();
  other.join();
  EXPECT_TRUE(outcomes_of(outcomes_, 1).at("0").succeeded);
}

TEST_F(Callables, AreAskedToStopWhenTheGraceIsOver) {
  std::latch begun(1);
  CallableFunctions functions(outcomes_, 1);
  functions.add("work", [&](const TaskAttempt& attempt) -> std::string {
    std::atomic<bool> asked = false;
    const std::stop_callback callback(attempt.stop, [&] {
      asked = true;
      asked.notify_one();
    });
    begun.count_down();
    asked.wait(false);
    throw std::runtime_error("asked to stop");
  });
  functions.invoke(invocations(1));
  begun.wait();
  functions.stop(0);
  const Outcome outcome = outcomes_of(outcomes_, 1).at("0");
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.reason, "asked to stop");
}

TEST_F(Callables, DoNotBeginAfterTheirDeadline) {
  labourer_.duration = 0;
  CallableFunctions functions(outcomes_, 1);
  functions.add("work", [](const TaskAttempt&) -> std::string { throw std::runtime_error("it ran"); });
  functions.invoke(invocations(1));
  const Outcome outcome = outcomes_of(outcomes_, 1).at("0");
  EXPECT_TRUE(outcome.refused);
  EXPECT_EQ(outcome.reason, "no thread was free for it within its duration");
}

}  // namespace
}  // namespace sosw
