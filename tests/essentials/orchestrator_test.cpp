#include "essentials/orchestrator.h"

#include <set>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "essentials/installation.h"
#include "log_lines.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kOrchestratorConfig = R"({
  "labourers": {"a": {"max_simultaneous_invocations": 4}, "b": {"max_simultaneous_invocations": 4},
                "wide": {"max_simultaneous_invocations": 5000}},
  "job_schema": {"chunkable_attrs": [["n", {}]]}
})";

std::string job_of(const std::string& labourer, int tasks = 1) {
  return job_in_pieces(labourer, "n", tasks).dump();
}

/// A job whose tasks are written past the chunker, as another system might.
void write_raw(Installation& house, const std::string& labourer, const std::vector<std::string>& payloads) {
  Job job;
  job.job_id = "00000000000000aa";
  job.labourer_id = labourer;
  job.document = "{}";
  job.schema = "[]";
  job.today = "2026-11-24";
  house.store.accept(job);
  house.store.append(job, 0, payloads, true, house.clock.time);
}

TEST(Orchestrator, InvokesUpToTheLimitFirstInLineFirst) {
  Installation house(kOrchestratorConfig);
  const auto ids = house.schedule(job_of("a", 6));
  const auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 4);
  ASSERT_THAT(house.functions.called, SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(house.functions.called[i].task.task_id, ids[i]);
  EXPECT_EQ(house.count("a").running, 4);
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 0);
}

TEST(Orchestrator, LeavesPlacesToCallsThatAreNoTasks) {
  Installation house(kOrchestratorConfig);
  house.schedule(job_of("a", 6));
  std::int64_t taken = 3;
  std::int64_t told = 0;
  house.taken_places = [&](const Labourer& labourer, std::int64_t places) {
    if (labourer.id == "a") told = places;
    return taken;
  };
  house.start();
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 1);
  EXPECT_EQ(told, 4);
  taken = 5;
  house.store.set_control("a", {.limit = 5});
  EXPECT_EQ(house.orchestrator->run().at("a").allowance.limit, 0);
  EXPECT_EQ(told, 5);
  taken = 0;
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 4);
}

TEST(Orchestrator, ATaskThatIsAtWorkTakesAPlaceAlsoWhenItsWorkerHasReported) {
  Installation house(kOrchestratorConfig);
  UnderWay under_way;
  house.under_way = &under_way;
  house.start();
  const auto ids = house.schedule(job_of("a", 6));
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 4);
  house.assistant->handle(house.completed(ids[0]));
  house.assistant->handle(house.failed(ids[1]));
  house.clock.time += 10;
  house.scavenger->run();
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 0);
  EXPECT_EQ(house.store.find(ids[0])->table, TaskRecord::Table::queue) << "it is not closed before its end";
  EXPECT_EQ(house.store.find(ids[1])->table, TaskRecord::Table::queue) << "nor tried again";
  house.clock.time += house.labourer("a").lapse();
  EXPECT_FALSE(
      under_way.contains(house.functions.called[1].task, house.clock.time, house.labourer("a").lapse()))
      << "nothing is spared for ever";
  house.clock.time -= house.labourer("a").lapse();
  for (const Invocation& call : house.functions.called) under_way.end(call.task);
  house.scavenger->run();
  EXPECT_EQ(house.store.find(ids[0])->table, TaskRecord::Table::closed);
  EXPECT_EQ(house.store.find(ids[1])->table, TaskRecord::Table::retry);
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 2);
}

TEST(Orchestrator, HandsOverWhatTheWorkerReceives) {
  Installation house(kOrchestratorConfig);
  const auto id = house.schedule(job_of("a", 1)).at(0);
  const std::int64_t position = house.store.find(id)->task.greenfield;
  house.orchestrator->run();
  const Invocation& call = house.functions.called.at(0);
  EXPECT_EQ(call.labourer->id, "a");
  const Json event = Json::parse(call.event);
  EXPECT_EQ(event.at("ns"), Json::array({0}));
  EXPECT_EQ(event.at("task_id"), id);
  EXPECT_EQ(event.at("attempts"), 0);
  EXPECT_EQ(event.at("greenfield"), position);
  EXPECT_EQ(event.at("sosw").at("attempt"), 1);
  EXPECT_EQ(event.at("sosw").at("token"), house.store.find(id)->task.token);
  EXPECT_EQ(event.at("sosw").at("job_id"), id.substr(0, 16));
  EXPECT_THAT(house.events.actions(id), ElementsAre("created", "invoked"));
}

TEST(Orchestrator, InvokesMoreThanABatch) {
  Installation house(kOrchestratorConfig);
  house.schedule(job_of("wide", 2500));
  EXPECT_EQ(house.orchestrator->run().at("wide").invoked, 2500);
  EXPECT_THAT(house.functions.batches, ElementsAre(2000, 500));
  std::set<std::string> ids;
  for (const Invocation& call : house.functions.called) ids.insert(call.task.task_id);
  EXPECT_THAT(ids, SizeIs(2500));
}

TEST(Orchestrator, FollowsHealthPauseAndLimit) {
  Installation house(R"({"labourers": {"a": {"max_simultaneous_invocations": 8, "health_metrics": {"db": {
    "details": {"source": "board"}, "feelings": {"2": 80, "4": 50}, "feeling_comparison_operator": "le"}}}},
    "job_schema": {"chunkable_attrs": [["n", {}]]}})");
  house.schedule(job_of("a", 20));
  auto& reading = house.metrics.readings[R"({"source":"board"})"];
  reading.value = 99;
  house.ecology.refresh();
  auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_EQ(summary.allowance.because, "db feels Bad (99)");

  reading.value = 70;
  house.ecology.refresh();
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 4);

  reading.value = 10;
  house.ecology.refresh();
  house.store.set_control("a", {.paused = true});
  summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_EQ(summary.allowance.because, "paused");

  house.store.set_control("a", {.limit = 5});
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 1);
  house.store.set_control("a", {});
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 3);
}

TEST(Orchestrator, InvokesNoMoreThanItsFunctionsHaveRoomFor) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  house.schedule(job_of("a", 3));
  house.functions.places = 2;
  auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 2);
  EXPECT_TRUE(summary.lacks_room);
  summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_TRUE(summary.lacks_room);
  house.functions.places = 1;
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 1) << "at once, without a pause";
  house.functions.places = 1;
  EXPECT_FALSE(house.orchestrator->run().at("a").lacks_room) << "nothing is queued";
  EXPECT_EQ(log.text(), "");
}

TEST(Orchestrator, PutsRefusedTasksBackWhereTheyStoodAndSlowsDown) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  const auto ids = house.schedule(job_of("a", 3));
  const Task before = house.store.find(ids[1])->task;
  bool throttled = true;
  house.functions.decide = [&](const Invocation& call) -> Dispatch {
    if (throttled && call.task.task_id != ids[0]) return {Dispatch::Kind::refused, "throttled"};
    return {};
  };
  auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 1);
  EXPECT_EQ(summary.refused, 2);
  const Task after = house.store.find(ids[1])->task;
  EXPECT_EQ(after.greenfield, before.greenfield);
  EXPECT_EQ(after.attempts, 0);
  EXPECT_EQ(after.token, "");
  EXPECT_THAT(house.events.actions(ids[1]), ElementsAre("created"));
  EXPECT_THAT(log.text(), HasSubstr("a refuses invocations, next try in 1 s: throttled"));

  summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked + summary.refused, 0);
  EXPECT_EQ(summary.allowance.because, "invocations were refused a moment ago");

  for (const Seconds pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    house.clock.time += pause - 0.01;
    EXPECT_EQ(house.orchestrator->run().at("a").refused, 0) << pause;
    house.clock.time += 0.02;
    EXPECT_EQ(house.orchestrator->run().at("a").refused, 2) << pause;
  }
  throttled = false;
  house.clock.time += 61;
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 2);
  throttled = true;
  house.store.report(std::vector<Report>{{.task_id = ids[0], .succeeded = true, .now = house.clock.time}});
  house.schedule(job_of("a", 1));
  EXPECT_EQ(house.orchestrator->run().at("a").refused, 1);
  EXPECT_THAT(log.text(), testing::EndsWith("next try in 1 s: throttled\n"));  // it recovered in between
}

TEST(Orchestrator, TakesBackWhatWasRefusedAfterAll) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  house.settings.labourers.at("a").elsewhere = true;
  const auto ids = house.schedule(job_of("a", 2));
  const Task before = house.store.find(ids[0])->task;
  for (const Seconds pause : {1, 2, 4}) {
    EXPECT_EQ(house.orchestrator->run().at("a").invoked, 2) << pause;
    std::vector<Outcome> refused;
    for (const Invocation& call : std::exchange(house.functions.called, {}))
      refused.push_back({.task = call.task, .reason = "nobody listens", .refused = true});
    house.orchestrator->take_back(refused);
    const Task after = house.store.find(ids[0])->task;
    EXPECT_EQ(after.greenfield, before.greenfield);
    EXPECT_EQ(after.attempts, 0);
    EXPECT_THAT(log.text(),
                HasSubstr("a refuses invocations, next try in " + std::to_string(int(pause)) + " s: nobody"));
    house.clock.time += pause - 0.01;
    EXPECT_EQ(house.orchestrator->run().at("a").invoked, 0);
    house.clock.time += 0.02;
  }
}

TEST(Orchestrator, RaisesAnAlarmWhenRefusalsLastAndOnceAnHour) {
  Installation house(kOrchestratorConfig);
  house.schedule(job_of("a", 1));
  bool refuses = true;
  house.functions.decide = [&](const Invocation&) -> Dispatch {
    return refuses ? Dispatch{Dispatch::Kind::refused, "no such function"} : Dispatch{};
  };
  const auto pass = [&](Seconds seconds) {
    for (Seconds passed = 0; passed < seconds; passed += 10) {
      house.orchestrator->run();
      house.clock.time += 10;
    }
    return house.alarm.raised.size();
  };
  EXPECT_EQ(pass(300), 0U);
  EXPECT_EQ(pass(100), 1U);
  EXPECT_THAT(house.alarm.raised.at(0).second,
              HasSubstr("a has refused invocations for more than 5 minutes"));
  EXPECT_THAT(house.alarm.raised.at(0).second, HasSubstr("no such function"));
  EXPECT_EQ(pass(3500), 1U);
  EXPECT_EQ(pass(200), 2U);
  refuses = false;
  pass(100);
  refuses = true;
  house.schedule(job_of("a", 1));
  EXPECT_EQ(pass(300), 2U) << "another story";
}

TEST(Orchestrator, ARefusalOfOneLabourerDoesNotSlowAnother) {
  Installation house(kOrchestratorConfig);
  house.functions.decide = [](const Invocation& call) -> Dispatch {
    if (call.labourer->id == "a") return {Dispatch::Kind::refused, "throttled"};
    return {};
  };
  house.schedule(job_of("a", 1));
  house.schedule(job_of("b", 1));
  const auto summaries = house.orchestrator->run();
  EXPECT_EQ(summaries.at("a").refused, 1);
  EXPECT_EQ(summaries.at("b").invoked, 1);
}

TEST(Orchestrator, WhatNobodyKnowsTheFateOfStaysInvoked) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  const auto id = house.schedule(job_of("a", 1)).at(0);
  house.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::unknown, "timed out"};
  };
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 1);
  EXPECT_EQ(house.count("a").running, 1);
  EXPECT_EQ(house.store.find(id)->task.attempts, 1);
  EXPECT_THAT(house.events.actions(id), ElementsAre("created", "invoked"));
  EXPECT_THAT(log.text(), AllOf(HasSubstr(id), HasSubstr("timed out")));
}

TEST(Orchestrator, WhatCanNotBeRunCostsAnAttempt) {
  Installation house(kOrchestratorConfig);
  const auto id = house.schedule(job_of("a", 1)).at(0);
  house.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::failed, "no program"};
  };
  const auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.invoked, 0);
  const TaskRecord record = *house.store.find(id);
  EXPECT_EQ(record.table, TaskRecord::Table::retry);
  EXPECT_EQ(record.task.attempts, 1);
  EXPECT_EQ(record.task.reason, "no program");
  EXPECT_THAT(house.events.actions(id), ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
}

TEST(Orchestrator, BuriesAPayloadThatIsNoObjectAndInvokesTheOthers) {
  Installation house(kOrchestratorConfig);
  write_raw(house, "a",
            {R"({"n":1})", "no JSON", "[1]", "5", "", R"({"n":2)", R"({"n":3} x)", std::string("{}\0{}", 5),
             " {\"n\":4} "});
  const auto summary = house.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 2);
  EXPECT_THAT(house.functions.called, SizeIs(2));
  ASSERT_THAT(house.alarm.raised, SizeIs(7));
  for (const auto& [subject, message] : house.alarm.raised) {
    EXPECT_EQ(subject, "``sosw`` Dead Task");
    EXPECT_THAT(message, AllOf(testing::StartsWith("Closing dead task: 00000000000000aa"),
                               HasSubstr("its payload is not a JSON object")));
  }
  const TaskRecord dead = *house.store.find("00000000000000aa0000000000000001");
  EXPECT_EQ(dead.table, TaskRecord::Table::closed);
  EXPECT_EQ(dead.closed, TaskRecord::Closed::dead);
  EXPECT_THAT(house.events.actions(dead.task.task_id), ElementsAre("archived_dead"));
}

TEST(Orchestrator, OnlyUnreadablePayloadsLeaveThePaceAsItIs) {
  Installation house(kOrchestratorConfig);
  house.schedule(job_of("a", 1));
  house.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::refused, "throttled"};
  };
  house.orchestrator->run();
  const auto id = house.store.list({}).at(0).task.task_id;
  house.store.cancel(std::vector{id}, house.clock.time);
  write_raw(house, "a", {"no JSON"});
  house.clock.time += 1.5;
  house.orchestrator->run();
  house.schedule(job_of("a", 1));
  house.orchestrator->run();
  const LoggedLines log;
  house.clock.time += 1.5;
  EXPECT_EQ(house.orchestrator->run().at("a").refused, 0);  // 2 s after the second refusal
}

TEST(Orchestrator, WhatFailsForOneLabourerNeverStopsTheOthers) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  house.schedule(job_of("a", 1));
  house.schedule(job_of("b", 1));
  house.store.before = [](const std::string& call, const std::string& id) {
    if (call == "claim" && id == "a") throw StoreError("the table of a is broken");
  };
  const auto summaries = house.orchestrator->run();
  EXPECT_FALSE(summaries.contains("a"));
  EXPECT_EQ(summaries.at("b").invoked, 1);
  EXPECT_THAT(log.text(), HasSubstr("orchestrating a: the table of a is broken"));
}

TEST(Orchestrator, TellsTheStoreLaterWhatItCouldNotTakeAtOnce) {
  Installation house(kOrchestratorConfig);
  const LoggedLines log;
  const auto ids = house.schedule(job_of("a", 2));
  house.functions.decide = [&](const Invocation& call) -> Dispatch {
    return {call.task.task_id == ids[0] ? Dispatch::Kind::refused : Dispatch::Kind::failed, "no"};
  };
  bool full = true;
  house.store.before = [&](const std::string& call, const std::string&) {
    if (full && (call == "release" || call == "settle")) throw StoreError("the disk is full");
  };
  EXPECT_FALSE(house.orchestrator->run().contains("a"));
  EXPECT_EQ(house.count("a").running, 2);
  EXPECT_FALSE(house.orchestrator->run().contains("a"));
  full = false;
  house.orchestrator->run();
  EXPECT_EQ(house.store.find(ids[0])->task.attempts, 0);
  EXPECT_EQ(house.count("a").queued, 1);
  EXPECT_EQ(house.store.find(ids[1])->table, TaskRecord::Table::retry);
  EXPECT_THAT(house.events.actions(ids[1]),
              ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
}

TEST(Orchestrator, TwoOfThemNeverInvokeATaskTwiceNorExceedTheLimit) {
  Installation house(kOrchestratorConfig);
  house.schedule(job_of("a", 9));
  Orchestrator other(house.orchestrator_parts());
  house.orchestrator->run();
  other.run();
  EXPECT_THAT(house.functions.called, SizeIs(4));
}

TEST(Orchestrator, ALimitOfNothingInvokesNothing) {
  Installation house(R"({"labourers": {"a": {"max_simultaneous_invocations": 0}}})");
  house.schedule(R"({"lambda_name":"a"})");
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 0);
}

}  // namespace
}  // namespace sosw
