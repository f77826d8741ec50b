#include "essentials/completion_notifier.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "essentials/essentials_fixture.h"
#include "log_lines.h"

namespace sosw {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kConfig = R"({"labourers": {"a": {"max_simultaneous_invocations": 10}, "report": {}},
                             "job_schema": {"chunkable_attrs": [["n", {}]]}})";

std::string job_then(const std::string& on_complete) {
  return R"({"lambda_name":"a","isolate_ns":true,"ns":[1,2],"on_complete":)" + on_complete + "}";
}

void run_to_the_end(EssentialsFixture& fixture) {
  const std::size_t known = fixture.functions.called.size();
  fixture.orchestrator->run();
  std::vector<Outcome> outcomes;
  for (std::size_t i = known; i < fixture.functions.called.size(); ++i)
    outcomes.push_back({.task = fixture.functions.called[i].task, .succeeded = true});
  fixture.scavenger->settle(outcomes);
}

TEST(CompletionNotifier, CallsTheWebhookOnceAllTasksAreClosed) {
  EssentialsFixture fixture(kConfig);
  const auto ids = fixture.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/done"})"));
  EXPECT_EQ(fixture.notifier->run(), 0);
  run_to_the_end(fixture);
  EXPECT_EQ(fixture.notifier->run(), 1);
  ASSERT_THAT(fixture.messages.all, SizeIs(1));
  EXPECT_EQ(fixture.messages.all[0].kind, Message::Kind::webhook);
  EXPECT_EQ(fixture.messages.all[0].address, "http://127.0.0.1:1/done");
  EXPECT_EQ(fixture.messages.all[0].json,
            R"({"job_id":")" + ids[0].substr(0, 16) +
                R"(","labourer":"a","total":2,"completed":2,"dead":0,"cancelled":0})");
  fixture.clock.time += 3600;
  EXPECT_EQ(fixture.notifier->run(), 0);
}

TEST(CompletionNotifier, PublishesToATopic) {
  EssentialsFixture fixture(kConfig);
  fixture.schedule(job_then(R"({"topic":"arn:aws:sns:us-west-2:123456789012:done"})"));
  run_to_the_end(fixture);
  EXPECT_EQ(fixture.notifier->run(), 1);
  EXPECT_EQ(fixture.messages.all.at(0).kind, Message::Kind::topic);
}

TEST(CompletionNotifier, SchedulesAJobForALabourer) {
  EssentialsFixture fixture(kConfig);
  const auto ids = fixture.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(fixture);
  EXPECT_EQ(fixture.notifier->run(), 1);
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("report").queued, 1);
  const Json payload = Json::parse(fixture.store.list({.labourer_id = "report"}).at(0).task.payload);
  EXPECT_EQ(payload.at("completed_job").at("job_id"), ids[0].substr(0, 16));
  EXPECT_EQ(payload.at("completed_job").at("completed"), 2);
}

TEST(CompletionNotifier, SchedulesOneJobHoweverOftenItRuns) {
  EssentialsFixture fixture(kConfig);
  const LoggedLines log;
  fixture.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(fixture);
  bool broken = true;
  fixture.store.before = [&](const std::string& call, const std::string&) {
    if (broken && call == "announced") throw StoreError("busy");
  };
  EXPECT_EQ(fixture.notifier->run(), 0);
  EXPECT_THAT(log.text(), HasSubstr("busy"));
  broken = false;
  EXPECT_EQ(fixture.notifier->run(), 0);
  fixture.clock.time += 61;
  EXPECT_EQ(fixture.notifier->run(), 1);
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("report").queued, 1);
}

TEST(CompletionNotifier, TriesAgainAfterAMinuteWhenDeliveryFailed) {
  EssentialsFixture fixture(kConfig);
  const LoggedLines log;
  fixture.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/"})"));
  run_to_the_end(fixture);
  fixture.messages.problem = "answers 503";
  EXPECT_EQ(fixture.notifier->run(), 0);
  EXPECT_THAT(log.text(), HasSubstr("again after 60 s: answers 503"));
  fixture.clock.time += 59;
  EXPECT_EQ(fixture.notifier->run(), 0);
  EXPECT_THAT(fixture.messages.all, SizeIs(1));
  fixture.clock.time += 2;
  fixture.messages.problem = "";
  EXPECT_EQ(fixture.notifier->run(), 1);
}

TEST(CompletionNotifier, NotifiesOfManyJobsInOneRun) {
  EssentialsFixture fixture(kConfig);
  const LoggedLines log;
  for (int i = 0; i < 250; ++i)
    fixture.schedule(R"({"lambda_name":"report","on_complete":{"webhook":"http://127.0.0.1:1/"}})");
  fixture.settings.labourers.at("report").max_simultaneous_invocations = 250;
  run_to_the_end(fixture);
  fixture.messages.problem = "answers 503";
  EXPECT_EQ(fixture.notifier->run(), 0);
  EXPECT_THAT(fixture.messages.all, SizeIs(250)) << "each once, though none got through";
  fixture.clock.time += 61;
  fixture.messages.problem = "";
  EXPECT_EQ(fixture.notifier->run(), 250);
}

TEST(CompletionNotifier, NamesTheFollowUpJob) {
  EssentialsFixture fixture(kConfig);
  const auto ids = fixture.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(fixture);
  const auto id = follow_up_of(*fixture.store.find_job(ids[0].substr(0, 16)));
  ASSERT_TRUE(id);
  EXPECT_FALSE(fixture.store.find_job(*id));
  fixture.notifier->run();
  EXPECT_EQ(fixture.store.find_job(*id)->labourer_id, "report");
  EXPECT_FALSE(follow_up_of(*fixture.store.find_job(*id)));
}

TEST(CompletionNotifier, WhatFailsForOneDoesNotStopTheOthers) {
  EssentialsFixture fixture(kConfig);
  const LoggedLines log;
  fixture.schedule(job_then(R"({"labourer":"report"})"));
  fixture.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/"})"));
  run_to_the_end(fixture);
  fixture.settings.labourers.erase("report");
  EXPECT_EQ(fixture.notifier->run(), 1);
  EXPECT_THAT(fixture.messages.all, SizeIs(1));
  EXPECT_THAT(log.text(), HasSubstr("there is no labourer 'report'"));
}

}  // namespace
}  // namespace sosw
