#include "runners/function_router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sosw {
namespace {

using ::testing::ElementsAre;

/// Refuses with the number of its call, and remembers whom it was to run.
struct Refusing final : FunctionInvoker {
  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) override {
    std::vector<Dispatch> dispatches;
    for (const Invocation& invocation : invocations) {
      tasks.push_back(invocation.task.task_id);
      dispatches.push_back({Dispatch::Kind::refused, "no " + invocation.task.task_id});
    }
    return dispatches;
  }
  std::vector<std::string> tasks;
};

TEST(FunctionRouter, HandsEachInvocationToItsLabourersInvokerAndKeepsTheOrder) {
  Refusing one, two;
  FunctionRouter router({{"a", &one}, {"b", &two}});
  const Labourer a{.id = "a"}, b{.id = "b"}, stranger{.id = "c"};
  const auto dispatches = router.invoke({{&b, {.task_id = "1"}, ""},
                                         {&a, {.task_id = "2"}, ""},
                                         {&stranger, {.task_id = "3"}, ""},
                                         {&b, {.task_id = "4"}, ""}});
  EXPECT_THAT(one.tasks, ElementsAre("2"));
  EXPECT_THAT(two.tasks, ElementsAre("1", "4"));
  ASSERT_EQ(dispatches.size(), 4U);
  EXPECT_EQ(dispatches[0].problem, "no 1");
  EXPECT_EQ(dispatches[1].problem, "no 2");
  EXPECT_EQ(dispatches[2].kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatches[2].problem, "nobody knows how to run c");
  EXPECT_EQ(dispatches[3].problem, "no 4");
}

}  // namespace
}  // namespace sosw
