#include "essentials/scavenger.h"

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

constexpr auto kScavengerConfig = R"({
  "labourers": {
    "a": {"max_simultaneous_invocations": 5000, "max_attempts": 3, "duration": 60, "cooldown": 30,
          "retry": {"base": 10, "factor": 3, "max": 25, "jitter": 0}},
    "b": {"max_attempts": 1},
    "linear": {"duration": 60, "retry": {"policy": "linear"}}},
  "job_schema": {"chunkable_attrs": [["n", {}]]}
})";
constexpr Seconds kLapse = 90;  // of a

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
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("a")).at(0);
  house.orchestrator->run();
  house.assistant->handle(house.completed(id));
  house.clock.time += 5;
  const auto summary = house.scavenger->run().at("a");
  EXPECT_EQ(summary.archived, 1);
  const TaskRecord record = *house.store.find(id);
  EXPECT_EQ(record.table, TaskRecord::Table::closed);
  EXPECT_EQ(record.closed, TaskRecord::Closed::completed);
  EXPECT_EQ(record.closed_at, house.clock.time);
  EXPECT_EQ(record.task.completed_at, house.clock.time - 5);
  EXPECT_THAT(house.events.actions(id), ElementsAre("created", "invoked", "marked_as_completed", "archived"));
  EXPECT_EQ(house.scavenger->run().at("a").archived, 0);
  EXPECT_THAT(house.alarm.raised, SizeIs(0));
}

TEST(Scavenger, KeepsTheStatsOfEachEnd) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("b")).at(0);
  const auto other = house.schedule(job_with_id("a")).at(0);
  house.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(house.functions.called, true);
  for (Outcome& outcome : outcomes) {
    outcome.succeeded = outcome.task.task_id == other;
    outcome.stats = outcome.succeeded ? R"({"good": 1})" : R"({"bad": 1})";
  }
  house.scavenger->settle(outcomes);
  EXPECT_EQ(house.store.find(id)->closed, TaskRecord::Closed::dead);
  EXPECT_EQ(house.store.find(id)->task.stats, R"({"bad": 1})");
  EXPECT_EQ(house.store.find(other)->closed, TaskRecord::Closed::completed);
  EXPECT_EQ(house.store.find(other)->task.stats, R"({"good": 1})");
}

TEST(Scavenger, TriesExpiredTasksAgainUntilTheirAttemptsAreUsedUp) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("a")).at(0);
  for (const Seconds delay : {10, 25}) {
    house.orchestrator->run();
    house.clock.time += kLapse - 1;
    EXPECT_EQ(house.scavenger->run().at("a").retried, 0);
    house.clock.time += 1;
    EXPECT_EQ(house.scavenger->run().at("a").retried, 1);
    EXPECT_EQ(house.store.find(id)->due, house.clock.time + delay);
    EXPECT_EQ(house.scavenger->run().at("a").requeued, 0);
    house.clock.time += delay;
    EXPECT_EQ(house.scavenger->run().at("a").requeued, 1);
  }
  house.orchestrator->run();
  EXPECT_EQ(house.store.find(id)->task.attempts, 3);
  house.clock.time += kLapse;
  EXPECT_EQ(house.scavenger->run().at("a").dead, 1);
  const TaskRecord record = *house.store.find(id);
  EXPECT_EQ(record.closed, TaskRecord::Closed::dead);
  EXPECT_EQ(record.task.attempts, 3);
  EXPECT_EQ(record.task.reason, "not heard of for 90 s");
  ASSERT_THAT(house.alarm.raised, SizeIs(1));
  EXPECT_EQ(house.alarm.raised[0].first, "``sosw`` Dead Task");
  EXPECT_EQ(house.alarm.raised[0].second, "Closing dead task: " + id + " (a: not heard of for 90 s)");
  EXPECT_EQ(house.alarm.sent, 1U);
  EXPECT_THAT(house.events.actions(id),
              ElementsAre("created", "invoked", "scheduled_for_retry", "ready_for_retry", "invoked",
                          "scheduled_for_retry", "ready_for_retry", "invoked", "archived_dead"));
}

TEST(Scavenger, ARetriedTaskGoesToTheFront) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("b", 3));
  house.settings.labourers.at("b").max_attempts = 2;
  house.orchestrator->run();
  house.assistant->handle(house.failed(ids[0]));
  house.scavenger->run();
  house.clock.time += 1000;
  house.scavenger->run();
  house.orchestrator->run();
  ASSERT_THAT(house.functions.called, SizeIs(2));
  EXPECT_EQ(house.functions.called[1].task.task_id, ids[0]);
}

TEST(Scavenger, AFailureThatWasReportedIsRetriedAtOnceWithItsReason) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("a")).at(0);
  house.orchestrator->run();
  house.clock.time += 1;
  house.assistant->handle(house.failed(id, R"(,"reason":"no such photo")"));
  EXPECT_EQ(house.scavenger->run().at("a").retried, 1);
  EXPECT_EQ(house.store.find(id)->task.reason, "no such photo");
}

TEST(Scavenger, KeepsAResultThatIsNoObjectUnderValue) {
  Installation house(kScavengerConfig);
  for (const auto& [result, kept] : std::map<std::string, std::string>{
           {"", ""}, {R"({"a":  1})", R"({"a":  1})"}, {"[1, 2]", R"({"value": [1, 2]})"}}) {
    const auto id = house.schedule(R"({"lambda_name":"a"})").at(0);
    house.orchestrator->run();
    const Outcome ended{.task = house.functions.called.back().task, .succeeded = true, .result = result};
    house.scavenger->settle({&ended, 1});
    EXPECT_EQ(house.store.find(id)->task.result, kept);
  }
}

TEST(Scavenger, AReportedFailureStaysOneWhenItsWorkerThenEndsWell) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("a"));
  house.orchestrator->run();
  const Task task = house.functions.called.at(0).task;
  house.assistant->handle(house.failed(ids[0], R"(,"reason":"no such photo")"));
  const Outcome ended{.task = task, .succeeded = true};
  EXPECT_EQ(house.scavenger->settle({&ended, 1}).retried, 1);
  EXPECT_EQ(house.store.find(ids[0])->task.reason, "no such photo");
  EXPECT_EQ(house.store.find(ids[0])->task.attempts, 1);
}

TEST(Scavenger, AnExpiredAttemptIsNotBlamedOnTheOneBeforeIt) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("a")).at(0);
  house.orchestrator->run();
  house.assistant->handle(house.failed(id, R"(,"reason":"no such photo")"));
  house.scavenger->run();
  house.clock.time += 100;
  house.scavenger->run();
  house.orchestrator->run();
  house.clock.time += kLapse;
  house.scavenger->run();
  EXPECT_EQ(house.store.find(id)->task.reason, "not heard of for 90 s");
}

TEST(Scavenger, DelaysLinearlyByTheDurationWhenToldSo) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("linear")).at(0);
  for (const Seconds delay : {60, 120}) {
    house.orchestrator->run();
    house.assistant->handle(house.failed(id));
    house.scavenger->run();
    EXPECT_EQ(house.store.find(id)->due, house.clock.time + delay);
    house.clock.time += delay;
    house.scavenger->run();
  }
}

TEST(Scavenger, OneAttemptMeansDeadAtTheFirstFailure) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("b")).at(0);
  house.orchestrator->run();
  house.assistant->handle(house.failed(id));
  EXPECT_EQ(house.scavenger->run().at("b").dead, 1);
  EXPECT_EQ(house.store.find(id)->task.attempts, 1);
}

TEST(Scavenger, ClosesALateCompletionWhereverTheTaskWaits) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("a", 2));
  house.orchestrator->run();
  house.clock.time += kLapse;
  house.scavenger->run();  // both wait for their retry
  house.assistant->handle(house.completed(ids[0]));
  house.scavenger->run();
  house.clock.time += 10;
  house.scavenger->run();  // the other one is queued again
  house.assistant->handle(house.completed(ids[1]));
  house.scavenger->run();
  for (const std::string& id : ids)
    EXPECT_EQ(house.store.find(id)->closed, TaskRecord::Closed::completed) << id;
  EXPECT_EQ(house.store.count_closed("a").completed, 2);
  EXPECT_EQ(house.orchestrator->run().at("a").invoked, 0);
}

TEST(Scavenger, WorksThroughMoreThanABatch) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("a", 2500));
  house.orchestrator->run();
  house.clock.time += kLapse;
  EXPECT_EQ(house.scavenger->run().at("a").retried, 2500);
  house.clock.time += 10;
  EXPECT_EQ(house.scavenger->run().at("a").requeued, 2500);
  house.orchestrator->run();
  std::vector<Report> reports;
  for (const std::string& id : ids)
    reports.push_back({.task_id = id, .succeeded = true, .now = house.clock.time});
  house.store.report(reports);
  EXPECT_EQ(house.scavenger->run().at("a").archived, 2500);
  EXPECT_EQ(house.store.count_closed("a").completed, 2500);
}

TEST(Scavenger, SettlesWhatWasSeenToEnd) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("a", 2));
  house.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(house.functions.called, true);
  outcomes[0].result = R"({"lines":17})";
  outcomes[1].succeeded = false;
  outcomes[1].reason = "exit code 3";
  const auto summary = house.scavenger->settle(outcomes);
  EXPECT_EQ(summary.archived, 1);
  EXPECT_EQ(summary.retried, 1);
  EXPECT_EQ(house.store.find(ids[0])->task.result, R"({"lines":17})");
  EXPECT_EQ(house.store.find(ids[1])->task.reason, "exit code 3");
  EXPECT_THAT(house.events.actions(ids[0]), ElementsAre("created", "invoked", "completed", "archived"));
  EXPECT_THAT(house.events.actions(ids[1]),
              ElementsAre("created", "invoked", "failed", "scheduled_for_retry"));
  EXPECT_EQ(house.events.all.back().details, R"({"reason":"exit code 3"})");
}

TEST(Scavenger, SettlingTwiceChangesNothing) {
  Installation house(kScavengerConfig);
  house.schedule(job_with_id("a", 2));
  house.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(house.functions.called, true);
  outcomes[1].succeeded = false;
  house.scavenger->settle(outcomes);
  const std::size_t events = house.events.all.size();
  const auto again = house.scavenger->settle(outcomes);
  EXPECT_EQ(again.archived + again.retried + again.dead, 0);
  EXPECT_EQ(house.events.all.size(), events);
}

TEST(Scavenger, AnOldFailureDoesNotTouchANewerAttempt) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("a")).at(0);
  house.orchestrator->run();
  const auto first = outcomes_of(house.functions.called, false, "slow");
  house.clock.time += kLapse;
  house.scavenger->run();
  house.clock.time += 10;
  house.scavenger->run();
  house.orchestrator->run();
  EXPECT_EQ(house.scavenger->settle(first).retried, 0);
  EXPECT_EQ(house.count("a").running, 1);
  EXPECT_EQ(house.store.find(id)->task.attempts, 2);
}

TEST(Scavenger, RecordsWhatAWorkerWroteOnceWithTheEndOfTheAttempt) {
  Installation house(kScavengerConfig);
  house.schedule(job_with_id("a"));
  house.orchestrator->run();
  std::vector<Outcome> outcomes = outcomes_of(house.functions.called, true);
  outcomes[0].log = "two\nlines\n";
  house.scavenger->settle(outcomes);
  int told = 0;
  for (const auto& event : house.events.all) {
    if (event.details.find("lines") == std::string::npos) continue;
    ++told;
    EXPECT_EQ(event.action, TaskAction::completed);
    EXPECT_EQ(event.details, R"({"log":"two\nlines\n"})");
  }
  EXPECT_EQ(told, 1);
}

TEST(Scavenger, AReasonThatIsNoUtf8IsRecordedAllTheSame) {
  Installation house(kScavengerConfig);
  const auto id = house.schedule(job_with_id("b")).at(0);
  house.orchestrator->run();
  house.scavenger->settle(outcomes_of(house.functions.called, false, "exit code 1: \xff\xfe"));
  EXPECT_EQ(house.store.find(id)->closed, TaskRecord::Closed::dead);
  EXPECT_THAT(house.events.actions(id), ElementsAre("created", "invoked", "failed", "archived_dead"));
  EXPECT_TRUE(Json::accept(house.events.all.back().details));
  EXPECT_THAT(house.alarm.raised, SizeIs(1));
}

TEST(Scavenger, RecoversWhatAStoppedEngineHadUnderWay) {
  Installation house(kScavengerConfig);
  const auto ids = house.schedule(job_with_id("a", 3));
  house.orchestrator->run();
  house.assistant->handle(house.completed(ids[0]));
  house.assistant->handle(house.failed(ids[1], R"(,"reason":"broken")"));
  const auto summary = house.scavenger->recover(house.labourer("a"));
  EXPECT_EQ(summary.retried, 2);
  EXPECT_EQ(house.count("a").completed, 1);
  EXPECT_EQ(house.store.find(ids[1])->task.reason, "broken");
  EXPECT_EQ(house.store.find(ids[2])->task.reason, "its engine stopped while it ran");
}

TEST(Scavenger, LeavesWhatMayGoOnElsewhereWithoutTheEngine) {
  Installation house(kScavengerConfig);
  house.settings.labourers.at("a").elsewhere = true;
  house.schedule(job_with_id("a", 3));
  house.orchestrator->run();
  EXPECT_EQ(house.scavenger->recover(house.labourer("a")).retried, 0);
  EXPECT_EQ(house.count("a").running, 3);
}

TEST(Scavenger, WhatFailsForOneLabourerNeverStopsTheOthersNorTheAlarms) {
  Installation house(kScavengerConfig);
  const LoggedLines log;
  house.schedule(job_with_id("a"));
  house.schedule(job_with_id("b"));
  house.orchestrator->run();
  house.clock.time += 2000;
  house.store.before = [](const std::string& call, const std::string& id) {
    if (call == "expired" && id == "a") throw StoreError("the table of a is broken");
  };
  const auto summaries = house.scavenger->run();
  EXPECT_FALSE(summaries.contains("a"));
  EXPECT_EQ(summaries.at("b").dead, 1);
  EXPECT_EQ(house.alarm.sent, 1U);
  EXPECT_THAT(log.text(), HasSubstr("scavenging a: the table of a is broken"));
}

TEST(Scavenger, KeepsThePayloadsBytesThroughEveryMove) {
  Installation house(kScavengerConfig);
  const std::string odd = R"({"lambda_name":"a","n":1.50,"big":123456789012345678901234567890,"u":"\u00e9"})";
  const auto id = house.schedule(odd).at(0);
  const std::string payload = house.store.find(id)->task.payload;
  EXPECT_THAT(payload,
              AllOf(HasSubstr("1.50"), HasSubstr("123456789012345678901234567890"), HasSubstr("\\u00e9")));
  house.orchestrator->run();
  house.assistant->handle(house.failed(id));
  house.scavenger->run();
  EXPECT_EQ(house.store.find(id)->task.payload, payload);
  house.clock.time += 100;
  house.scavenger->run();
  house.orchestrator->run();
  house.assistant->handle(house.completed(id));
  house.scavenger->run();
  EXPECT_EQ(house.store.find(id)->table, TaskRecord::Table::closed);
  EXPECT_EQ(house.store.find(id)->task.payload, payload);
}

}  // namespace
}  // namespace sosw
