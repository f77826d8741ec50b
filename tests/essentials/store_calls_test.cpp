// How often the essentials call the store: each call is a round trip where the store is elsewhere.

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "essentials/essentials_fixture.h"

namespace sosw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreCalls : public testing::Test {
 protected:
  StoreCalls() {
    fixture_.store.before = [this](const std::string& call, const std::string& labourer_id) {
      calls_.push_back(labourer_id.empty() ? call : call + " " + labourer_id);
    };
  }

  std::vector<std::string> calls_of(const std::function<void()>& work) {
    calls_.clear();
    work();
    return calls_;
  }

  /// Schedules a task of that labourer and invokes it.
  Task invoked(const std::string& labourer) {
    fixture_.schedule(R"({"lambda_name": ")" + labourer + "\"}");
    fixture_.orchestrator->run();
    return fixture_.functions.called.back().task;
  }

  EssentialsFixture fixture_{R"({"labourers": {"a": {}, "b": {}, "c": {}},
                               "job_schema": {"chunkable_attrs": [["n", {}]]}})"};
  std::vector<std::string> calls_;
};

TEST_F(StoreCalls, ControlsAreReadOnceForAllLabourers) {
  EXPECT_THAT(calls_of([&] { fixture_.orchestrator->run(); }),
              ElementsAre("controls", "claim a", "claim b", "claim c"));
}

TEST_F(StoreCalls, ControlsThatCouldNotBeReadAreReadAgainForTheNext) {
  fixture_.store.before = [&](const std::string& call, const std::string& labourer_id) {
    calls_.push_back(labourer_id.empty() ? call : call + " " + labourer_id);
    if (calls_.size() == 1) throw StoreError("the store is busy");
  };
  EXPECT_THAT(calls_of([&] { fixture_.orchestrator->run(); }),
              ElementsAre("controls", "controls", "claim b", "claim c"));
}

TEST_F(StoreCalls, ControlsAreReadAnewInEachRun) {
  fixture_.orchestrator->run();
  fixture_.store.set_control("a", {.paused = true});
  EXPECT_EQ(fixture_.orchestrator->run().at("a").allowance.reason, "paused");
}

TEST_F(StoreCalls, SuccessesOfAllLabourersAreSettledInOneCall) {
  const std::vector<Outcome> outcomes = {{.task = invoked("a"), .succeeded = true},
                                         {.task = invoked("b"), .succeeded = true},
                                         {.task = invoked("c"), .succeeded = false, .reason = "no"}};
  EXPECT_THAT(calls_of([&] { fixture_.scavenger->settle(outcomes); }), ElementsAre("settle"));
  EXPECT_EQ(fixture_.store.find(outcomes[0].task.task_id)->closed, TaskRecord::Closed::completed);
}

TEST_F(StoreCalls, OnlyASuccessWhoseTaskMovedOnIsLookedFor) {
  const std::vector<Outcome> outcomes = {{.task = invoked("a"), .succeeded = true},
                                         {.task = invoked("b"), .succeeded = true}};
  fixture_.assistant->handle(fixture_.failed(outcomes[1].task.task_id));
  Scavenger::Summary summary;
  EXPECT_THAT(calls_of([&] { summary = fixture_.scavenger->settle(outcomes); }),
              ElementsAre("settle", "expired b", "settle"));
  EXPECT_EQ(summary.archived, 1);
  EXPECT_EQ(summary.retried, 1);
}

TEST_F(StoreCalls, NothingIsAskedWhenNothingEnded) {
  EXPECT_THAT(calls_of([&] { fixture_.scavenger->settle({}); }), IsEmpty());
}

TEST_F(StoreCalls, AReportedSuccessIsOneCall) {
  const std::string id = invoked("a").task_id;
  EXPECT_THAT(calls_of([&] { fixture_.assistant->handle(fixture_.completed(id)); }), ElementsAre("report"));
  EXPECT_THAT(fixture_.events.actions(id), ElementsAre("created", "invoked", "marked_as_completed"));
}

TEST_F(StoreCalls, AReportedFailureNeedsItsLabourerFirst) {
  const std::string id = invoked("a").task_id;
  EXPECT_THAT(calls_of([&] { fixture_.assistant->handle(fixture_.failed(id)); }),
              ElementsAre("find_open", "report"));
  EXPECT_THAT(fixture_.events.actions(id), ElementsAre("created", "invoked", "marked_as_failed"));
}

}  // namespace
}  // namespace sosw
