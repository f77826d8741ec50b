#include "api/local_functions.h"

#include <deque>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Keeps invocations until the test ends them.
class HeldFunctions final : public FunctionInvoker {
 public:
  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) override {
    std::vector<Dispatch> all;
    for (Invocation& one : invocations) {
      all.push_back(dispatch);
      if (dispatch.kind == Dispatch::Kind::accepted) held.push_back(std::move(one));
    }
    return all;
  }
  Dispatch dispatch;
  std::deque<Invocation> held;
};

class LocalFunctionsTest : public ::testing::Test {
 protected:
  void call(const std::string& name, const std::string& id, const std::string& event = "{}") {
    local_.call({.name = name, .request_id = id, .event = event},
                [this, id](const CallResult& result) { results_.emplace_back(id, result); });
    if (labourers_.contains(name) && name != "sosw_scheduler") let_engine_work();
  }
  void let_engine_work() {
    for (const auto& step : std::exchange(engine_, {})) step();
  }
  /// Ends the oldest invocation.
  void end(bool succeeded, const std::string& text) {
    const Task task = functions_.held.front().task;
    functions_.held.pop_front();
    outcomes_.put({.task = task,
                   .succeeded = succeeded,
                   .result = succeeded ? text : "",
                   .reason = succeeded ? "" : text});
  }

  std::map<std::string, Labourer> labourers_ = {
      {"resize", {.id = "resize", .arn = "arn:x", .max_simultaneous_invocations = 2, .duration = 7}},
      {"sosw_scheduler", {.id = "sosw_scheduler"}}};
  HeldFunctions functions_;
  Outcomes outcomes_;
  std::deque<std::function<void()>> engine_;
  std::int64_t slots_ = 2;
  std::int64_t tasks_ = 0;  // of "resize" that run
  std::int64_t taken_ = 0;  // places that it had to leave to calls, when it was last looked after
  LocalFunctions local_{
      {.labourers = labourers_,
       .functions = functions_,
       .outcomes = outcomes_,
       .essentials = {{"sosw_scheduler",
                       [](const FunctionCall& asked) -> std::string {
                         const std::string& event = asked.event;
                         if (event == "busy") throw StoreError("sosw.db is busy");
                         if (event == "{}") throw std::invalid_argument("no labourer");
                         return R"({"job_id": "1"})";
                       }}},
       .on_engine = [this](std::function<void()> call) { engine_.push_back(std::move(call)); },
       .wake = [this](const std::string& id) { taken_ = local_.take_slots(labourers_.at(id), slots_); },
       .tasks_in_flight = [this](const std::string&) { return tasks_; }}};
  std::vector<std::pair<std::string, CallResult>> results_;
};

TEST_F(LocalFunctionsTest, AreTheLabourersAndTheEssentials) {
  ASSERT_EQ(local_.descriptions().size(), 2U);
  EXPECT_EQ(local_.descriptions()[0].name, "resize");
  EXPECT_EQ(local_.descriptions()[0].arn, "arn:x");
  EXPECT_EQ(local_.descriptions()[0].timeout, 7);
  EXPECT_EQ(local_.descriptions()[1].description, "an essential of sosw");
}

TEST_F(LocalFunctionsTest, ACallOfALabourerEndsWithItsOutcome) {
  call("resize", "0000-1", R"({"n": 1})");
  ASSERT_EQ(functions_.held.size(), 1U);
  EXPECT_EQ(functions_.held[0].event, R"({"n": 1})");
  EXPECT_EQ(functions_.held[0].labourer->id, "resize");
  EXPECT_THAT(results_, IsEmpty());
  end(true, R"({"ok": true})");
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].second.json, R"({"ok": true})");
  EXPECT_THAT(outcomes_.take(), IsEmpty());  // nothing for the store
}

TEST_F(LocalFunctionsTest, OutcomesOfTasksAreStillDelivered) {
  call("resize", "0000-1");
  outcomes_.put({.task = {.task_id = "00002", .labourer_id = "resize"}, .succeeded = true});
  EXPECT_EQ(outcomes_.take().size(), 1U);
  EXPECT_THAT(results_, IsEmpty());
}

TEST_F(LocalFunctionsTest, AFailureHasAnErrorTypeIfItsReasonNamesOne) {
  call("resize", "1");
  call("resize", "2");
  end(false, "ValueError: not: today");
  end(false, "exit code 7: last words");
  EXPECT_EQ(results_[0].second.kind, CallResult::Kind::failed);
  EXPECT_EQ(results_[0].second.json, R"({"errorMessage":"not: today","errorType":"ValueError"})");
  EXPECT_EQ(results_[1].second.json,
            R"({"errorMessage":"exit code 7: last words","errorType":"Runtime.Failed"})");
}

TEST_F(LocalFunctionsTest, AnEssentialWithAFailingStoreMayBeRetried) {
  call("sosw_scheduler", "0000-1", "busy");
  let_engine_work();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].second.kind, CallResult::Kind::refused);
  EXPECT_THAT(results_[0].second.reason, HasSubstr("sosw.db is busy"));
}

TEST_F(LocalFunctionsTest, NoMoreCallsRunAtOnceThanTheLabourerAllows) {
  for (const char* id : {"1", "2", "3", "4"}) call("resize", id);
  EXPECT_EQ(functions_.held.size(), 2U);
  end(true, "");
  EXPECT_EQ(functions_.held.size(), 2U);
  for (int i = 0; i < 3; ++i) end(true, "");
  EXPECT_EQ(results_.size(), 4U);
  EXPECT_THAT(functions_.held, IsEmpty());
}

TEST_F(LocalFunctionsTest, CallsShareTheSlotsOfTheLabourerWithItsTasks) {
  tasks_ = 2;
  call("resize", "1");
  EXPECT_THAT(functions_.held, IsEmpty());
  EXPECT_EQ(local_.take_slots(labourers_.at("resize"), slots_), 1) << "the next place is the call's";
  tasks_ = 1;
  EXPECT_EQ(local_.take_slots(labourers_.at("resize"), slots_), 1);
  EXPECT_EQ(functions_.held.size(), 1U);
  end(true, "");
  EXPECT_EQ(taken_, 0);
}

TEST_F(LocalFunctionsTest, ASetLimitAppliesToCalls) {
  slots_ = 1;
  local_.take_slots(labourers_.at("resize"), slots_);
  for (const char* id : {"1", "2"}) call("resize", id);
  EXPECT_EQ(functions_.held.size(), 1U);
  slots_ = 0;
  EXPECT_EQ(local_.take_slots(labourers_.at("resize"), slots_), 1);
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_THAT(results_[0].second.reason, HasSubstr("the limit of resize is 0"));
}

TEST_F(LocalFunctionsTest, ManyLargeCallsMayNotWait) {
  const std::string large(100 << 20, 'x');
  for (const char* id : {"1", "2", "3", "4", "5"}) call("resize", id, large);
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_THAT(results_[0].second.reason, HasSubstr("2 calls of resize wait already"));
}

TEST_F(LocalFunctionsTest, AWaitingCallCanBeWithdrawn) {
  for (const char* id : {"1", "2", "3"}) call("resize", id);
  EXPECT_TRUE(local_.withdraw("resize", "3"));
  EXPECT_FALSE(local_.withdraw("resize", "3"));
  EXPECT_FALSE(local_.withdraw("resize", "1")) << "it runs";
  EXPECT_FALSE(local_.withdraw("nobody", "1"));
  end(true, "");
  end(true, "");
  EXPECT_EQ(results_.size(), 2U);
  EXPECT_THAT(functions_.held, IsEmpty());
}

TEST_F(LocalFunctionsTest, CallsThatWaitAreRefusedWhenTheEngineStops) {
  tasks_ = 2;
  call("resize", "1");
  local_.stop();
  call("resize", "2");
  ASSERT_EQ(results_.size(), 2U);
  for (const auto& [id, result] : results_) {
    EXPECT_EQ(result.kind, CallResult::Kind::refused);
    EXPECT_THAT(result.reason, HasSubstr("stopping"));
  }
}

TEST_F(LocalFunctionsTest, ALambdaErrorIsPassedOn) {
  call("resize", "1");
  outcomes_.put(
      {.task = functions_.held.front().task, .reason = "exit code 1", .error = R"({"errorType":"E"})"});
  EXPECT_EQ(results_[0].second.json, R"({"errorType":"E"})");
}

TEST_F(LocalFunctionsTest, AThousandCallsMayWait) {
  for (int i = 0; i < 1003; ++i) call("resize", std::to_string(i));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].first, "1002");
  EXPECT_EQ(results_[0].second.kind, CallResult::Kind::refused);
}

TEST_F(LocalFunctionsTest, CallsThatCanNotBeDispatchedEnd) {
  functions_.dispatch = {Dispatch::Kind::refused, "no room"};
  call("resize", "1");
  functions_.dispatch = {Dispatch::Kind::failed, "no such program"};
  call("resize", "2");
  EXPECT_EQ(results_[0].second.kind, CallResult::Kind::refused);
  EXPECT_EQ(results_[1].second.kind, CallResult::Kind::failed);
  functions_.dispatch = {};
  for (const char* id : {"3", "4"}) call("resize", id);
  EXPECT_EQ(functions_.held.size(), 2U);  // they left their places
}

TEST_F(LocalFunctionsTest, EssentialsRunOnTheEnginesThread) {
  call("sosw_scheduler", "1", R"({"lambda_name": "resize"})");
  call("sosw_scheduler", "2");
  EXPECT_THAT(results_, IsEmpty());
  let_engine_work();
  ASSERT_EQ(results_.size(), 2U);
  EXPECT_EQ(results_[0].second.json, R"({"job_id": "1"})");
  EXPECT_EQ(results_[1].second.kind, CallResult::Kind::failed);
  EXPECT_THAT(results_[1].second.json, HasSubstr("no labourer"));
}

TEST_F(LocalFunctionsTest, AnUnknownNameIsAFailure) {
  call("nobody", "1");
  EXPECT_EQ(results_.at(0).second.kind, CallResult::Kind::failed);
}

}  // namespace
}  // namespace sosw
