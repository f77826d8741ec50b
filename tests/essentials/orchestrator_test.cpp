#include "essentials/orchestrator.h"

#include <set>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "essentials/essentials_fixture.h"
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
void write_raw(EssentialsFixture& fixture, const std::string& labourer,
               const std::vector<std::string>& payloads) {
  const Job job{.job_id = "00000000000000aa",
                .labourer_id = labourer,
                .document = "{}",
                .schema = "[]",
                .today = "2026-11-24"};
  fixture.store.accept(job);
  fixture.store.append(job, 0, payloads, true, fixture.clock.time);
}

TEST(Orchestrator, InvokesUpToTheLimitInQueueOrder) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const auto ids = fixture.schedule(job_of("a", 6));
  const auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 4);
  ASSERT_THAT(fixture.functions.called, SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(fixture.functions.called[i].task.task_id, ids[i]);
  EXPECT_EQ(fixture.count("a").running, 4);
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 0);
}

TEST(Orchestrator, LeavesSlotsToDirectCalls) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.schedule(job_of("a", 6));
  std::int64_t taken = 3;
  std::int64_t told = 0;
  fixture.taken_slots = [&](const Labourer& labourer, std::int64_t slots) {
    if (labourer.id == "a") told = slots;
    return taken;
  };
  fixture.start();
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 1);
  EXPECT_EQ(told, 4);
  taken = 5;
  fixture.store.set_control("a", {.limit = 5});
  EXPECT_EQ(fixture.orchestrator->run().at("a").allowance.limit, 0);
  EXPECT_EQ(told, 5);
  taken = 0;
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 4);
}

TEST(Orchestrator, ARunningInvocationTakesASlotEvenAfterItsWorkerReported) {
  EssentialsFixture fixture(kOrchestratorConfig);
  InFlight in_flight;
  fixture.in_flight = &in_flight;
  fixture.start();
  const auto ids = fixture.schedule(job_of("a", 6));
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 4);
  fixture.assistant->handle(fixture.completed(ids[0]));
  fixture.assistant->handle(fixture.failed(ids[1]));
  fixture.clock.time += 10;
  fixture.scavenger->run();
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 0);
  EXPECT_EQ(fixture.store.find(ids[0])->table, TaskRecord::Table::queue) << "it is not closed before its end";
  EXPECT_EQ(fixture.store.find(ids[1])->table, TaskRecord::Table::queue) << "nor tried again";
  fixture.clock.time += fixture.labourer("a").attempt_timeout();
  EXPECT_FALSE(in_flight.contains(fixture.functions.called[1].task, fixture.clock.time,
                                  fixture.labourer("a").attempt_timeout()))
      << "nothing is spared for ever";
  fixture.clock.time -= fixture.labourer("a").attempt_timeout();
  for (const Invocation& call : fixture.functions.called) in_flight.end(call.task);
  fixture.scavenger->run();
  EXPECT_EQ(fixture.store.find(ids[0])->table, TaskRecord::Table::closed);
  EXPECT_EQ(fixture.store.find(ids[1])->table, TaskRecord::Table::retry);
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 2);
}

TEST(Orchestrator, PassesTheEventToTheWorker) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const auto id = fixture.schedule(job_of("a", 1)).at(0);
  const std::int64_t position = fixture.store.find(id)->task.greenfield;
  fixture.orchestrator->run();
  const Invocation& call = fixture.functions.called.at(0);
  EXPECT_EQ(call.labourer->id, "a");
  const Json event = Json::parse(call.event);
  EXPECT_EQ(event.at("ns"), Json::array({0}));
  EXPECT_EQ(event.at("task_id"), id);
  EXPECT_EQ(event.at("attempts"), 0);
  EXPECT_EQ(event.at("greenfield"), position);
  EXPECT_EQ(event.at("sosw").at("attempt"), 1);
  EXPECT_EQ(event.at("sosw").at("token"), fixture.store.find(id)->task.token);
  EXPECT_EQ(event.at("sosw").at("job_id"), id.substr(0, 16));
  EXPECT_THAT(fixture.events.actions(id), ElementsAre("created", "invoked"));
}

TEST(Orchestrator, InvokesMoreThanABatch) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.schedule(job_of("wide", 2500));
  EXPECT_EQ(fixture.orchestrator->run().at("wide").invoked, 2500);
  EXPECT_THAT(fixture.functions.batches, ElementsAre(2000, 500));
  std::set<std::string> ids;
  for (const Invocation& call : fixture.functions.called) ids.insert(call.task.task_id);
  EXPECT_THAT(ids, SizeIs(2500));
}

TEST(Orchestrator, FollowsHealthPauseAndLimit) {
  EssentialsFixture fixture(
      R"({"labourers": {"a": {"max_simultaneous_invocations": 8, "health_metrics": {"db": {
    "details": {"source": "board"}, "feelings": {"2": 80, "4": 50}, "feeling_comparison_operator": "le"}}}},
    "job_schema": {"chunkable_attrs": [["n", {}]]}})");
  fixture.schedule(job_of("a", 20));
  auto& reading = fixture.metrics.readings[R"({"source":"board"})"];
  reading.value = 99;
  fixture.ecology.refresh();
  auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_EQ(summary.allowance.reason, "db feels Bad (99)");

  reading.value = 70;
  fixture.ecology.refresh();
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 4);

  reading.value = 10;
  fixture.ecology.refresh();
  fixture.store.set_control("a", {.paused = true});
  summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_EQ(summary.allowance.reason, "paused");

  fixture.store.set_control("a", {.limit = 5});
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 1);
  fixture.store.set_control("a", {});
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 3);
}

TEST(Orchestrator, InvokesNoMoreThanItsFunctionsHaveRoomFor) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  fixture.schedule(job_of("a", 3));
  fixture.functions.slots = 2;
  auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 2);
  EXPECT_TRUE(summary.lacks_room);
  summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 0);
  EXPECT_TRUE(summary.lacks_room);
  fixture.functions.slots = 1;
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 1) << "at once, without a pause";
  fixture.functions.slots = 1;
  EXPECT_FALSE(fixture.orchestrator->run().at("a").lacks_room) << "nothing is queued";
  EXPECT_EQ(log.text(), "");
}

TEST(Orchestrator, ReleasesRefusedTasksAndBacksOff) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  const auto ids = fixture.schedule(job_of("a", 3));
  const Task before = fixture.store.find(ids[1])->task;
  bool throttled = true;
  fixture.functions.decide = [&](const Invocation& call) -> Dispatch {
    if (throttled && call.task.task_id != ids[0]) return {Dispatch::Kind::refused, "throttled"};
    return {};
  };
  auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 1);
  EXPECT_EQ(summary.refused, 2);
  const Task after = fixture.store.find(ids[1])->task;
  EXPECT_EQ(after.greenfield, before.greenfield);
  EXPECT_EQ(after.attempts, 0);
  EXPECT_EQ(after.token, "");
  EXPECT_THAT(fixture.events.actions(ids[1]), ElementsAre("created"));
  EXPECT_THAT(log.text(), HasSubstr("a refuses invocations, next try in 1 s: throttled"));

  summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked + summary.refused, 0);
  EXPECT_EQ(summary.allowance.reason, "invocations were refused a moment ago");

  for (const Seconds pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    fixture.clock.time += pause - 0.01;
    EXPECT_EQ(fixture.orchestrator->run().at("a").refused, 0) << pause;
    fixture.clock.time += 0.02;
    EXPECT_EQ(fixture.orchestrator->run().at("a").refused, 2) << pause;
  }
  throttled = false;
  fixture.clock.time += 61;
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 2);
  throttled = true;
  fixture.store.report(
      std::vector<Report>{{.task_id = ids[0], .succeeded = true, .now = fixture.clock.time}});
  fixture.schedule(job_of("a", 1));
  EXPECT_EQ(fixture.orchestrator->run().at("a").refused, 1);
  EXPECT_THAT(log.text(), testing::EndsWith("next try in 1 s: throttled\n"));  // it recovered in between
}

TEST(Orchestrator, ReleasesTasksThatWereRefusedLater) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  fixture.settings.labourers.at("a").remote = true;
  const auto ids = fixture.schedule(job_of("a", 2));
  const Task before = fixture.store.find(ids[0])->task;
  for (const Seconds pause : {1, 2, 4}) {
    EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 2) << pause;
    std::vector<Outcome> refused;
    for (const Invocation& call : std::exchange(fixture.functions.called, {}))
      refused.push_back({.task = call.task, .reason = "nobody listens", .refused = true});
    fixture.orchestrator->take_back(refused);
    const Task after = fixture.store.find(ids[0])->task;
    EXPECT_EQ(after.greenfield, before.greenfield);
    EXPECT_EQ(after.attempts, 0);
    EXPECT_THAT(log.text(),
                HasSubstr("a refuses invocations, next try in " + std::to_string(int(pause)) + " s: nobody"));
    fixture.clock.time += pause - 0.01;
    EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 0);
    fixture.clock.time += 0.02;
  }
}

TEST(Orchestrator, RaisesAnAlarmForLastingRefusalsOnceAnHour) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.schedule(job_of("a", 1));
  bool refuses = true;
  fixture.functions.decide = [&](const Invocation&) -> Dispatch {
    return refuses ? Dispatch{Dispatch::Kind::refused, "no such function"} : Dispatch{};
  };
  const auto pass = [&](Seconds seconds) {
    for (Seconds passed = 0; passed < seconds; passed += 10) {
      fixture.orchestrator->run();
      fixture.clock.time += 10;
    }
    return fixture.alarm.raised.size();
  };
  EXPECT_EQ(pass(300), 0U);
  EXPECT_EQ(pass(100), 1U);
  EXPECT_THAT(fixture.alarm.raised.at(0).second,
              HasSubstr("a has refused invocations for more than 5 minutes"));
  EXPECT_THAT(fixture.alarm.raised.at(0).second, HasSubstr("no such function"));
  EXPECT_EQ(pass(3500), 1U);
  EXPECT_EQ(pass(200), 2U);
  refuses = false;
  pass(100);
  refuses = true;
  fixture.schedule(job_of("a", 1));
  EXPECT_EQ(pass(300), 2U) << "another story";
}

TEST(Orchestrator, ARefusalOfOneLabourerDoesNotSlowAnother) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.functions.decide = [](const Invocation& call) -> Dispatch {
    if (call.labourer->id == "a") return {Dispatch::Kind::refused, "throttled"};
    return {};
  };
  fixture.schedule(job_of("a", 1));
  fixture.schedule(job_of("b", 1));
  const auto summaries = fixture.orchestrator->run();
  EXPECT_EQ(summaries.at("a").refused, 1);
  EXPECT_EQ(summaries.at("b").invoked, 1);
}

TEST(Orchestrator, DispatchesOfUnknownOutcomeStayInvoked) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  const auto id = fixture.schedule(job_of("a", 1)).at(0);
  fixture.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::unknown, "timed out"};
  };
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 1);
  EXPECT_EQ(fixture.count("a").running, 1);
  EXPECT_EQ(fixture.store.find(id)->task.attempts, 1);
  EXPECT_THAT(fixture.events.actions(id), ElementsAre("created", "invoked"));
  EXPECT_THAT(log.text(), AllOf(HasSubstr(id), HasSubstr("timed out")));
}

TEST(Orchestrator, AFailedDispatchCostsAnAttempt) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const auto id = fixture.schedule(job_of("a", 1)).at(0);
  fixture.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::failed, "no program"};
  };
  const auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.invoked, 0);
  const TaskRecord record = *fixture.store.find(id);
  EXPECT_EQ(record.table, TaskRecord::Table::retry);
  EXPECT_EQ(record.task.attempts, 1);
  EXPECT_EQ(record.task.reason, "no program");
  EXPECT_THAT(fixture.events.actions(id), ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
}

TEST(Orchestrator, ClosesATaskWithAnInvalidPayloadAsDeadAndInvokesTheOthers) {
  EssentialsFixture fixture(kOrchestratorConfig);
  write_raw(fixture, "a",
            {R"({"n":1})", "no JSON", "[1]", "5", "", R"({"n":2)", R"({"n":3} x)", std::string("{}\0{}", 5),
             " {\"n\":4} "});
  const auto summary = fixture.orchestrator->run().at("a");
  EXPECT_EQ(summary.invoked, 2);
  EXPECT_THAT(fixture.functions.called, SizeIs(2));
  ASSERT_THAT(fixture.alarm.raised, SizeIs(7));
  for (const auto& [subject, message] : fixture.alarm.raised) {
    EXPECT_EQ(subject, "``sosw`` Dead Task");
    EXPECT_THAT(message, AllOf(testing::StartsWith("Closing dead task: 00000000000000aa"),
                               HasSubstr("its payload is not a JSON object")));
  }
  const TaskRecord dead = *fixture.store.find("00000000000000aa0000000000000001");
  EXPECT_EQ(dead.table, TaskRecord::Table::closed);
  EXPECT_EQ(dead.closed, TaskRecord::Closed::dead);
  EXPECT_THAT(fixture.events.actions(dead.task.task_id), ElementsAre("archived_dead"));
}

TEST(Orchestrator, UnreadablePayloadsDoNotChangeTheBackoff) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.schedule(job_of("a", 1));
  fixture.functions.decide = [](const Invocation&) -> Dispatch {
    return {Dispatch::Kind::refused, "throttled"};
  };
  fixture.orchestrator->run();
  const auto id = fixture.store.list({}).at(0).task.task_id;
  fixture.store.cancel(std::vector{id}, fixture.clock.time);
  write_raw(fixture, "a", {"no JSON"});
  fixture.clock.time += 1.5;
  fixture.orchestrator->run();
  fixture.schedule(job_of("a", 1));
  fixture.orchestrator->run();
  const LoggedLines log;
  fixture.clock.time += 1.5;
  EXPECT_EQ(fixture.orchestrator->run().at("a").refused, 0);  // 2 s after the second refusal
}

TEST(Orchestrator, WhatFailsForOneLabourerNeverStopsTheOthers) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  fixture.schedule(job_of("a", 1));
  fixture.schedule(job_of("b", 1));
  fixture.store.before = [](const std::string& call, const std::string& id) {
    if (call == "claim" && id == "a") throw StoreError("the table of a is broken");
  };
  const auto summaries = fixture.orchestrator->run();
  EXPECT_FALSE(summaries.contains("a"));
  EXPECT_EQ(summaries.at("b").invoked, 1);
  EXPECT_THAT(log.text(), HasSubstr("orchestrating a: the table of a is broken"));
}

TEST(Orchestrator, RetriesReleasesThatTheStoreCouldNotTake) {
  EssentialsFixture fixture(kOrchestratorConfig);
  const LoggedLines log;
  const auto ids = fixture.schedule(job_of("a", 2));
  fixture.functions.decide = [&](const Invocation& call) -> Dispatch {
    return {call.task.task_id == ids[0] ? Dispatch::Kind::refused : Dispatch::Kind::failed, "no"};
  };
  bool full = true;
  fixture.store.before = [&](const std::string& call, const std::string&) {
    if (full && (call == "release" || call == "settle")) throw StoreError("the disk is full");
  };
  EXPECT_FALSE(fixture.orchestrator->run().contains("a"));
  EXPECT_EQ(fixture.count("a").running, 2);
  EXPECT_FALSE(fixture.orchestrator->run().contains("a"));
  full = false;
  fixture.orchestrator->run();
  EXPECT_EQ(fixture.store.find(ids[0])->task.attempts, 0);
  EXPECT_EQ(fixture.count("a").queued, 1);
  EXPECT_EQ(fixture.store.find(ids[1])->table, TaskRecord::Table::retry);
  EXPECT_THAT(fixture.events.actions(ids[1]),
              ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
}

TEST(Orchestrator, TwoOfThemNeverInvokeATaskTwiceNorExceedTheLimit) {
  EssentialsFixture fixture(kOrchestratorConfig);
  fixture.schedule(job_of("a", 9));
  Orchestrator other(fixture.orchestrator_parts());
  fixture.orchestrator->run();
  other.run();
  EXPECT_THAT(fixture.functions.called, SizeIs(4));
}

}  // namespace
}  // namespace sosw
