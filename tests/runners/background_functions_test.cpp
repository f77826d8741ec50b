#include "runners/background_functions.h"

#include <latch>

#include "log_lines.h"
#include "runners/process_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Answers with what the event says, when it may.
struct SlowFunctions final : FunctionInvoker {
  std::latch may_answer{1};

  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) override {
    may_answer.wait();
    std::vector<Dispatch> dispatches;
    for (const Invocation& invocation : invocations) {
      const auto kind = static_cast<Dispatch::Kind>(invocation.event.at(0) - '0');
      dispatches.push_back({kind, "because"});
    }
    return dispatches;
  }
};

class InTheBackground : public ::testing::Test {
 protected:
  Dispatch invoke(const std::string& task_id, Dispatch::Kind answer) {
    std::vector<Invocation> one;
    one.push_back({&labourer_, {.task_id = task_id}, std::to_string(static_cast<int>(answer))});
    return functions_.invoke(std::move(one)).at(0);
  }

  Labourer labourer_{.id = "work"};
  Outcomes outcomes_;
  SlowFunctions slow_;
  BackgroundFunctions functions_{outcomes_, slow_};
};

TEST_F(InTheBackground, OnlyFailedStartsHaveAnOutcome) {
  using enum Dispatch::Kind;
  const LoggedLines log;
  for (const auto& [id, answer] :
       std::map<std::string, Dispatch::Kind>{{"a", accepted}, {"f", failed}, {"r", refused}, {"u", unknown}})
    EXPECT_EQ(invoke(id, answer).kind, accepted) << "nobody waits";
  EXPECT_THAT(outcomes_.take(), IsEmpty());
  slow_.may_answer.count_down();
  functions_.stop();
  const auto ended = outcomes_of(outcomes_, 2);
  EXPECT_TRUE(ended.at("r").refused);
  EXPECT_FALSE(ended.at("f").refused);
  EXPECT_FALSE(ended.at("f").succeeded);
  EXPECT_EQ(ended.at("f").reason, "because");
  EXPECT_THAT(log.text(), HasSubstr("task u: nobody knows whether it was invoked: because"));
  EXPECT_EQ(invoke("later", accepted).kind, refused);
}

}  // namespace
}  // namespace sosw
