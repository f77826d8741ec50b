#include "essentials/scavenger.h"

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

constexpr auto kScavengerConfig = R"({
  "labourers": {
    "a": {"max_simultaneous_invocations": 5000, "max_attempts": 3, "duration": 60, "cooldown": 30,
          "retry": {"base": 10, "factor": 3, "max": 25, "jitter": 0}},
    "b": {"max_attempts": 1},
    "linear": {"duration": 60, "retry": {"policy": "linear"}}},
  "job_schema": {"chunkable_attrs": [["n", {}]]}
})";
constexpr Seconds kAttemptTimeout = 90;  // of a

std::string job_with_id(const std::string& labourer, int tasks = 1) {
  return job_in_pieces(labourer, "n", tasks).dump();
}

std::vector<Outcome> outcomes_of(const std::vector<Invocation>& calls, bool succeeded,
                                 const std::string& reason = "") {
  std::vector<Outcome> outcomes;
  for (const Invocation& call : calls)
    outcomes.push_back({.task = call.task, .succeeded = succeeded, .reason = reason});
  return outcomes;
}

TEST(Scavenger, ArchivesWhatWasReportedAsCompleted) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("a")).at(0);
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.completed(id));
  fixture.clock.time += 5;
  const auto summary = fixture.scavenger->run().at("a");
  EXPECT_EQ(summary.archived, 1);
  const TaskRecord record = *fixture.store.find(id);
  EXPECT_EQ(record.table, TaskRecord::Table::closed);
  EXPECT_EQ(record.closed, TaskRecord::Closed::completed);
  EXPECT_EQ(record.closed_at, fixture.clock.time);
  EXPECT_EQ(record.task.completed_at, fixture.clock.time - 5);
  EXPECT_THAT(fixture.events.actions(id),
              ElementsAre("created", "invoked", "marked_as_completed", "archived"));
  EXPECT_EQ(fixture.scavenger->run().at("a").archived, 0);
  EXPECT_THAT(fixture.alarm.raised, SizeIs(0));
}

TEST(Scavenger, KeepsTheStatsOfEachEnd) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("b")).at(0);
  const auto other = fixture.schedule(job_with_id("a")).at(0);
  fixture.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(fixture.functions.called, true);
  for (Outcome& outcome : outcomes) {
    outcome.succeeded = outcome.task.task_id == other;
    outcome.stats = outcome.succeeded ? R"({"good": 1})" : R"({"bad": 1})";
  }
  fixture.scavenger->settle(outcomes);
  EXPECT_EQ(fixture.store.find(id)->closed, TaskRecord::Closed::dead);
  EXPECT_EQ(fixture.store.find(id)->task.stats, R"({"bad": 1})");
  EXPECT_EQ(fixture.store.find(other)->closed, TaskRecord::Closed::completed);
  EXPECT_EQ(fixture.store.find(other)->task.stats, R"({"good": 1})");
}

TEST(Scavenger, RetriesExpiredTasksUntilMaxAttempts) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("a")).at(0);
  for (const Seconds delay : {10, 25}) {
    fixture.orchestrator->run();
    fixture.clock.time += kAttemptTimeout - 1;
    EXPECT_EQ(fixture.scavenger->run().at("a").retried, 0);
    fixture.clock.time += 1;
    EXPECT_EQ(fixture.scavenger->run().at("a").retried, 1);
    EXPECT_EQ(fixture.store.find(id)->due, fixture.clock.time + delay);
    EXPECT_EQ(fixture.scavenger->run().at("a").requeued, 0);
    fixture.clock.time += delay;
    EXPECT_EQ(fixture.scavenger->run().at("a").requeued, 1);
  }
  fixture.orchestrator->run();
  EXPECT_EQ(fixture.store.find(id)->task.attempts, 3);
  fixture.clock.time += kAttemptTimeout;
  EXPECT_EQ(fixture.scavenger->run().at("a").dead, 1);
  const TaskRecord record = *fixture.store.find(id);
  EXPECT_EQ(record.closed, TaskRecord::Closed::dead);
  EXPECT_EQ(record.task.attempts, 3);
  EXPECT_EQ(record.task.reason, "not heard of for 90 s");
  ASSERT_THAT(fixture.alarm.raised, SizeIs(1));
  EXPECT_EQ(fixture.alarm.raised[0].first, "``sosw`` Dead Task");
  EXPECT_EQ(fixture.alarm.raised[0].second, "Closing dead task: " + id + " (a: not heard of for 90 s)");
  EXPECT_EQ(fixture.alarm.sent, 1U);
  EXPECT_THAT(fixture.events.actions(id),
              ElementsAre("created", "invoked", "scheduled_for_retry", "ready_for_retry", "invoked",
                          "scheduled_for_retry", "ready_for_retry", "invoked", "archived_dead"));
}

TEST(Scavenger, ARetriedTaskGoesToTheFront) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("b", 3));
  fixture.settings.labourers.at("b").max_attempts = 2;
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.failed(ids[0]));
  fixture.scavenger->run();
  fixture.clock.time += 1000;
  fixture.scavenger->run();
  fixture.orchestrator->run();
  ASSERT_THAT(fixture.functions.called, SizeIs(2));
  EXPECT_EQ(fixture.functions.called[1].task.task_id, ids[0]);
}

TEST(Scavenger, AFailureThatWasReportedIsRetriedAtOnceWithItsReason) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("a")).at(0);
  fixture.orchestrator->run();
  fixture.clock.time += 1;
  fixture.assistant->handle(fixture.failed(id, R"(,"reason":"no such photo")"));
  EXPECT_EQ(fixture.scavenger->run().at("a").retried, 1);
  EXPECT_EQ(fixture.store.find(id)->task.reason, "no such photo");
}

TEST(Scavenger, KeepsANonObjectResultUnderValue) {
  EssentialsFixture fixture(kScavengerConfig);
  for (const auto& [result, kept] : std::map<std::string, std::string>{
           {"", ""}, {R"({"a":  1})", R"({"a":  1})"}, {"[1, 2]", R"({"value": [1, 2]})"}}) {
    const auto id = fixture.schedule(R"({"lambda_name":"a"})").at(0);
    fixture.orchestrator->run();
    const Outcome ended{.task = fixture.functions.called.back().task, .succeeded = true, .result = result};
    fixture.scavenger->settle({&ended, 1});
    EXPECT_EQ(fixture.store.find(id)->task.result, kept);
  }
}

TEST(Scavenger, AReportedFailureStaysAFailureWhenItsWorkerThenSucceeds) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("a"));
  fixture.orchestrator->run();
  const Task task = fixture.functions.called.at(0).task;
  fixture.assistant->handle(fixture.failed(ids[0], R"(,"reason":"no such photo")"));
  const Outcome ended{.task = task, .succeeded = true};
  EXPECT_EQ(fixture.scavenger->settle({&ended, 1}).retried, 1);
  EXPECT_EQ(fixture.store.find(ids[0])->task.reason, "no such photo");
  EXPECT_EQ(fixture.store.find(ids[0])->task.attempts, 1);
}

TEST(Scavenger, AnExpiredAttemptDoesNotGetTheReasonOfTheOneBefore) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("a")).at(0);
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.failed(id, R"(,"reason":"no such photo")"));
  fixture.scavenger->run();
  fixture.clock.time += 100;
  fixture.scavenger->run();
  fixture.orchestrator->run();
  fixture.clock.time += kAttemptTimeout;
  fixture.scavenger->run();
  EXPECT_EQ(fixture.store.find(id)->task.reason, "not heard of for 90 s");
}

TEST(Scavenger, DelaysLinearlyWhenConfigured) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("linear")).at(0);
  for (const Seconds delay : {60, 120}) {
    fixture.orchestrator->run();
    fixture.assistant->handle(fixture.failed(id));
    fixture.scavenger->run();
    EXPECT_EQ(fixture.store.find(id)->due, fixture.clock.time + delay);
    fixture.clock.time += delay;
    fixture.scavenger->run();
  }
}

TEST(Scavenger, OneAttemptMeansDeadAtTheFirstFailure) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("b")).at(0);
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.failed(id));
  EXPECT_EQ(fixture.scavenger->run().at("b").dead, 1);
  EXPECT_EQ(fixture.store.find(id)->task.attempts, 1);
}

TEST(Scavenger, ClosesALateCompletionWhereverTheTaskWaits) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("a", 2));
  fixture.orchestrator->run();
  fixture.clock.time += kAttemptTimeout;
  fixture.scavenger->run();  // both wait for their retry
  fixture.assistant->handle(fixture.completed(ids[0]));
  fixture.scavenger->run();
  fixture.clock.time += 10;
  fixture.scavenger->run();  // the other one is queued again
  fixture.assistant->handle(fixture.completed(ids[1]));
  fixture.scavenger->run();
  for (const std::string& id : ids)
    EXPECT_EQ(fixture.store.find(id)->closed, TaskRecord::Closed::completed) << id;
  EXPECT_EQ(fixture.store.count_closed("a").completed, 2);
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 0);
}

TEST(Scavenger, HandlesMoreThanOneBatch) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("a", 2500));
  fixture.orchestrator->run();
  fixture.clock.time += kAttemptTimeout;
  EXPECT_EQ(fixture.scavenger->run().at("a").retried, 2500);
  fixture.clock.time += 10;
  EXPECT_EQ(fixture.scavenger->run().at("a").requeued, 2500);
  fixture.orchestrator->run();
  std::vector<Report> reports;
  for (const std::string& id : ids)
    reports.push_back({.task_id = id, .succeeded = true, .now = fixture.clock.time});
  fixture.store.report(reports);
  EXPECT_EQ(fixture.scavenger->run().at("a").archived, 2500);
  EXPECT_EQ(fixture.store.count_closed("a").completed, 2500);
}

TEST(Scavenger, SettlesObservedOutcomes) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("a", 2));
  fixture.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(fixture.functions.called, true);
  outcomes[0].result = R"({"lines":17})";
  outcomes[1].succeeded = false;
  outcomes[1].reason = "exit code 3";
  const auto summary = fixture.scavenger->settle(outcomes);
  EXPECT_EQ(summary.archived, 1);
  EXPECT_EQ(summary.retried, 1);
  EXPECT_EQ(fixture.store.find(ids[0])->task.result, R"({"lines":17})");
  EXPECT_EQ(fixture.store.find(ids[1])->task.reason, "exit code 3");
  EXPECT_THAT(fixture.events.actions(ids[0]), ElementsAre("created", "invoked", "completed", "archived"));
  EXPECT_THAT(fixture.events.actions(ids[1]),
              ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
  EXPECT_EQ(fixture.events.all.back().details, R"({"reason":"exit code 3"})");
}

TEST(Scavenger, SettlingTwiceChangesNothing) {
  EssentialsFixture fixture(kScavengerConfig);
  fixture.schedule(job_with_id("a", 2));
  fixture.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(fixture.functions.called, true);
  outcomes[1].succeeded = false;
  fixture.scavenger->settle(outcomes);
  const std::size_t events = fixture.events.all.size();
  const auto again = fixture.scavenger->settle(outcomes);
  EXPECT_EQ(again.archived + again.retried + again.dead, 0);
  EXPECT_EQ(fixture.events.all.size(), events);
}

TEST(Scavenger, AnOldFailureDoesNotTouchANewerAttempt) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("a")).at(0);
  fixture.orchestrator->run();
  const auto first = outcomes_of(fixture.functions.called, false, "slow");
  fixture.clock.time += kAttemptTimeout;
  fixture.scavenger->run();
  fixture.clock.time += 10;
  fixture.scavenger->run();
  fixture.orchestrator->run();
  EXPECT_EQ(fixture.scavenger->settle(first).retried, 0);
  EXPECT_EQ(fixture.count("a").running, 1);
  EXPECT_EQ(fixture.store.find(id)->task.attempts, 2);
}

TEST(Scavenger, RecordsWhatAWorkerWroteOnceWithTheEndOfTheAttempt) {
  EssentialsFixture fixture(kScavengerConfig);
  fixture.schedule(job_with_id("a"));
  fixture.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(fixture.functions.called, true);
  outcomes[0].log = "two\nlines\n";
  fixture.scavenger->settle(outcomes);
  int told = 0;
  for (const auto& event : fixture.events.all) {
    if (event.details.find("lines") == std::string::npos) continue;
    ++told;
    EXPECT_EQ(event.action, TaskAction::completed);
    EXPECT_EQ(event.details, R"({"log":"two\nlines\n"})");
  }
  EXPECT_EQ(told, 1);
}

TEST(Scavenger, AReasonThatIsNotUtf8IsStillRecorded) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto id = fixture.schedule(job_with_id("b")).at(0);
  fixture.orchestrator->run();
  fixture.scavenger->settle(outcomes_of(fixture.functions.called, false, "exit code 1: \xff\xfe"));
  EXPECT_EQ(fixture.store.find(id)->closed, TaskRecord::Closed::dead);
  EXPECT_THAT(fixture.events.actions(id), ElementsAre("created", "invoked", "failed", "archived_dead"));
  EXPECT_TRUE(Json::accept(fixture.events.all.back().details));
  EXPECT_THAT(fixture.alarm.raised, SizeIs(1));
}

TEST(Scavenger, RecoversTheInFlightTasksOfAStoppedEngine) {
  EssentialsFixture fixture(kScavengerConfig);
  const auto ids = fixture.schedule(job_with_id("a", 3));
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.completed(ids[0]));
  fixture.assistant->handle(fixture.failed(ids[1], R"(,"reason":"broken")"));
  const auto summary = fixture.scavenger->recover(fixture.labourer("a"));
  EXPECT_EQ(summary.retried, 2);
  EXPECT_EQ(fixture.count("a").completed, 1);
  EXPECT_EQ(fixture.store.find(ids[1])->task.reason, "broken");
  EXPECT_EQ(fixture.store.find(ids[2])->task.reason, "its engine stopped while it ran");
}

TEST(Scavenger, DoesNotRecoverRemoteTasks) {
  EssentialsFixture fixture(kScavengerConfig);
  fixture.settings.labourers.at("a").remote = true;
  fixture.schedule(job_with_id("a", 3));
  fixture.orchestrator->run();
  EXPECT_EQ(fixture.scavenger->recover(fixture.labourer("a")).retried, 0);
  EXPECT_EQ(fixture.count("a").running, 3);
}

TEST(Scavenger, WhatFailsForOneLabourerNeverStopsTheOthersNorTheAlarms) {
  EssentialsFixture fixture(kScavengerConfig);
  const LoggedLines log;
  fixture.schedule(job_with_id("a"));
  fixture.schedule(job_with_id("b"));
  fixture.orchestrator->run();
  fixture.clock.time += 2000;
  fixture.store.before = [](const std::string& call, const std::string& id) {
    if (call == "expired" && id == "a") throw StoreError("the table of a is broken");
  };
  const auto summaries = fixture.scavenger->run();
  EXPECT_FALSE(summaries.contains("a"));
  EXPECT_EQ(summaries.at("b").dead, 1);
  EXPECT_EQ(fixture.alarm.sent, 1U);
  EXPECT_THAT(log.text(), HasSubstr("scavenging a: the table of a is broken"));
}

TEST(Scavenger, KeepsThePayloadsBytesThroughEveryMove) {
  EssentialsFixture fixture(kScavengerConfig);
  const std::string odd = R"({"lambda_name":"a","n":1.50,"big":123456789012345678901234567890,"u":"\u00e9"})";
  const auto id = fixture.schedule(odd).at(0);
  const std::string payload = fixture.store.find(id)->task.payload;
  EXPECT_THAT(payload,
              AllOf(HasSubstr("1.50"), HasSubstr("123456789012345678901234567890"), HasSubstr("\\u00e9")));
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.failed(id));
  fixture.scavenger->run();
  EXPECT_EQ(fixture.store.find(id)->task.payload, payload);
  fixture.clock.time += 100;
  fixture.scavenger->run();
  fixture.orchestrator->run();
  fixture.assistant->handle(fixture.completed(id));
  fixture.scavenger->run();
  EXPECT_EQ(fixture.store.find(id)->table, TaskRecord::Table::closed);
  EXPECT_EQ(fixture.store.find(id)->task.payload, payload);
}

}  // namespace
}  // namespace sosw
