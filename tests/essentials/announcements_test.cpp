#include "essentials/announcements.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "essentials/installation.h"
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

void run_to_the_end(Installation& house) {
  const std::size_t known = house.functions.called.size();
  house.orchestrator->run();
  std::vector<Outcome> outcomes;
  for (std::size_t i = known; i < house.functions.called.size(); ++i)
    outcomes.push_back({.task = house.functions.called[i].task, .succeeded = true});
  house.scavenger->settle(outcomes);
}

TEST(Announcements, CallTheWebhookOnceAllTasksAreClosed) {
  Installation house(kConfig);
  const auto ids = house.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/done"})"));
  EXPECT_EQ(house.announcements->run(), 0);
  run_to_the_end(house);
  EXPECT_EQ(house.announcements->run(), 1);
  ASSERT_THAT(house.messages.all, SizeIs(1));
  EXPECT_EQ(house.messages.all[0].kind, Message::Kind::webhook);
  EXPECT_EQ(house.messages.all[0].address, "http://127.0.0.1:1/done");
  EXPECT_EQ(house.messages.all[0].json,
            R"({"job_id":")" + ids[0].substr(0, 16) +
                R"(","labourer":"a","total":2,"completed":2,"dead":0,"cancelled":0})");
  house.clock.time += 3600;
  EXPECT_EQ(house.announcements->run(), 0);
}

TEST(Announcements, GoToATopic) {
  Installation house(kConfig);
  house.schedule(job_then(R"({"topic":"arn:aws:sns:us-west-2:123456789012:done"})"));
  run_to_the_end(house);
  EXPECT_EQ(house.announcements->run(), 1);
  EXPECT_EQ(house.messages.all.at(0).kind, Message::Kind::topic);
}

TEST(Announcements, AreAJobForALabourer) {
  Installation house(kConfig);
  const auto ids = house.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(house);
  EXPECT_EQ(house.announcements->run(), 1);
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("report").queued, 1);
  const Json payload = Json::parse(house.store.list({.labourer_id = "report"}).at(0).task.payload);
  EXPECT_EQ(payload.at("completed_job").at("job_id"), ids[0].substr(0, 16));
  EXPECT_EQ(payload.at("completed_job").at("completed"), 2);
}

TEST(Announcements, AreOneJobHoweverOftenTheyAreMade) {
  Installation house(kConfig);
  const LoggedLines log;
  house.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(house);
  bool broken = true;
  house.store.before = [&](const std::string& call, const std::string&) {
    if (broken && call == "announced") throw StoreError("busy");
  };
  EXPECT_EQ(house.announcements->run(), 0);
  EXPECT_THAT(log.text(), HasSubstr("busy"));
  broken = false;
  EXPECT_EQ(house.announcements->run(), 0);
  house.clock.time += 61;
  EXPECT_EQ(house.announcements->run(), 1);
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("report").queued, 1);
}

TEST(Announcements, AreMadeAgainAfterAMinuteWhenTheyDidNotGetThrough) {
  Installation house(kConfig);
  const LoggedLines log;
  house.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/"})"));
  run_to_the_end(house);
  house.messages.problem = "answers 503";
  EXPECT_EQ(house.announcements->run(), 0);
  EXPECT_THAT(log.text(), HasSubstr("again after 60 s: answers 503"));
  house.clock.time += 59;
  EXPECT_EQ(house.announcements->run(), 0);
  EXPECT_THAT(house.messages.all, SizeIs(1));
  house.clock.time += 2;
  house.messages.problem = "";
  EXPECT_EQ(house.announcements->run(), 1);
}

TEST(Announcements, OfManyJobsAreMadeInOneRun) {
  Installation house(kConfig);
  const LoggedLines log;
  for (int i = 0; i < 250; ++i)
    house.schedule(R"({"lambda_name":"report","on_complete":{"webhook":"http://127.0.0.1:1/"}})");
  house.settings.labourers.at("report").max_simultaneous_invocations = 250;
  run_to_the_end(house);
  house.messages.problem = "answers 503";
  EXPECT_EQ(house.announcements->run(), 0);
  EXPECT_THAT(house.messages.all, SizeIs(250)) << "each once, though none got through";
  house.clock.time += 61;
  house.messages.problem = "";
  EXPECT_EQ(house.announcements->run(), 250);
}

TEST(Announcements, TellWhichJobFollows) {
  Installation house(kConfig);
  const auto ids = house.schedule(job_then(R"({"labourer":"report"})"));
  run_to_the_end(house);
  const auto id = follow_up_of(*house.store.find_job(ids[0].substr(0, 16)));
  ASSERT_TRUE(id);
  EXPECT_FALSE(house.store.find_job(*id));
  house.announcements->run();
  EXPECT_EQ(house.store.find_job(*id)->labourer_id, "report");
  EXPECT_FALSE(follow_up_of(*house.store.find_job(*id)));
}

TEST(Announcements, WhatFailsForOneDoesNotStopTheOthers) {
  Installation house(kConfig);
  const LoggedLines log;
  house.schedule(job_then(R"({"labourer":"report"})"));
  house.schedule(job_then(R"({"webhook":"http://127.0.0.1:1/"})"));
  run_to_the_end(house);
  house.settings.labourers.erase("report");
  EXPECT_EQ(house.announcements->run(), 1);
  EXPECT_THAT(house.messages.all, SizeIs(1));
  EXPECT_THAT(log.text(), HasSubstr("there is no labourer 'report'"));
}

}  // namespace
}  // namespace sosw
