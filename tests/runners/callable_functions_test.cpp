#include "runners/callable_functions.h"

#include <atomic>
#include <latch>
#include <set>
#include <stdexcept>

#include "runners/workshop.h"

namespace sosw {
namespace {

using ::testing::IsEmpty;

class Callables : public ::testing::Test {
 protected:
  Outcome outcome_of(CallableFunctions::Callable callable) {
    CallableFunctions functions(outcomes_, 1);
    functions.add("work", std::move(callable));
    EXPECT_EQ(functions.invoke(invocations(1)).at(0).kind, Dispatch::Kind::accepted);
    return outcomes_of(outcomes_, 1).at("0");
  }
  std::vector<Invocation> invocations(int count) {
    std::vector<Invocation> made;
    for (int i = 0; i < count; ++i)
      made.push_back({&labourer_, {.task_id = std::to_string(i), .labourer_id = "work"}, std::to_string(i)});
    return made;
  }

  Labourer labourer_{.id = "work"};
  Outcomes outcomes_;
};

TEST_F(Callables, GetTheEventAndReturnTheResult) {
  const Outcome outcome = outcome_of([](std::string_view event) {
    EXPECT_EQ(event, "0");
    return std::string(R"({"fine":  1.50})");
  });
  EXPECT_TRUE(outcome.succeeded);
  EXPECT_EQ(outcome.result, R"({"fine":  1.50})");
  EXPECT_EQ(outcome.task.labourer_id, "work");
}

TEST_F(Callables, FailByThrowing) {
  const Outcome outcome =
      outcome_of([](std::string_view) -> std::string { throw std::runtime_error("no\nway"); });
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.reason, "no way");
  EXPECT_EQ(outcome_of([](std::string_view) -> std::string { throw std::runtime_error(""); }).reason,
            "it threw an exception without a text");
  EXPECT_EQ(outcome_of([](std::string_view) -> std::string { throw 5; }).reason,
            "it threw something that is no std::exception");
}

TEST_F(Callables, FailWhenTheyReturnNoJson) {
  EXPECT_EQ(outcome_of([](std::string_view) { return std::string("fine"); }).reason,
            "its output is neither JSON nor empty: fine");
}

TEST_F(Callables, RunOnceEachOnAsManyThreadsAsTold) {
  CallableFunctions functions(outcomes_, 3);
  std::latch all_at_work(3);
  std::atomic<int> calls = 0;
  functions.add("work", [&](std::string_view) {
    if (++calls <= 3) all_at_work.arrive_and_wait();
    return std::string();
  });
  functions.invoke(invocations(1000));
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 1000)) EXPECT_TRUE(outcome.succeeded) << id;
  EXPECT_EQ(calls, 1000);
}

TEST_F(Callables, AreDispatchedInOrder) {
  CallableFunctions functions(outcomes_, 1);
  functions.add("work", [](std::string_view) { return std::string(); });
  const Labourer unknown{.id = "unknown"};
  std::vector<Invocation> both = invocations(2);
  both[0].labourer = &unknown;
  const auto dispatches = functions.invoke(std::move(both));
  EXPECT_EQ(dispatches.at(0).kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatches.at(0).problem, "there is no callable for unknown");
  EXPECT_EQ(dispatches.at(1).kind, Dispatch::Kind::accepted);
  outcomes_of(outcomes_, 1);
}

TEST_F(Callables, ThatWaitDoNotRunAnyMoreAtTheEnd) {
  std::latch begun(1), may_end(1);
  std::atomic<int> calls = 0;
  auto functions = std::make_unique<CallableFunctions>(outcomes_, 1);
  functions->add("work", [&](std::string_view) {
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

}  // namespace
}  // namespace sosw
