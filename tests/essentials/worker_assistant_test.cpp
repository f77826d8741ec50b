#include "essentials/worker_assistant.h"

#include <gmock/gmock.h>

#include "essentials/essentials_fixture.h"

namespace sosw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kAssistantConfig =
    R"({"labourers": {"a": {"duration": 60, "cooldown": 30, "retry": {"jitter": 0}}}})";

/// An installation with one task under way.
struct Running : EssentialsFixture {
  Running() : EssentialsFixture(kAssistantConfig) {
    id = schedule(R"({"lambda_name":"a"})").at(0);
    orchestrator->run();
  }
  Task task() { return store.find(id)->task; }

  /// The next attempt of the task, after the one under way expired.
  void run_again() {
    clock.time += 90;
    scavenger->run();
    clock.time += 900;
    scavenger->run();
    orchestrator->run();
  }

  std::string token_of(std::size_t call) const {
    std::string text = R"(,"sosw":)";
    text += Json::parse(functions.called.at(call).event).at("sosw").dump();
    return text;
  }

  std::string error_for(const std::string& event) {
    try {
      assistant->handle(event);
    } catch (const InvalidReport& error) {
      return error.what();
    }
    return "";
  }

  std::string id;
};

TEST(WorkerAssistant, RecordsACompletion) {
  Running fixture;
  fixture.clock.time += 7;
  const std::string more = R"(,"stats":{"rows":3,"time_read":0.25},"result":{"url":"x"})";
  EXPECT_EQ(fixture.assistant->handle(fixture.completed(fixture.id, more)), ReportOutcome::recorded);
  EXPECT_EQ(fixture.task().completed_at, fixture.clock.time);
  EXPECT_EQ(fixture.task().stats, R"({"rows":3,"time_read":0.25})");
  EXPECT_EQ(fixture.task().result, R"({"url":"x"})");
  EXPECT_THAT(fixture.events.actions(fixture.id), ElementsAre("created", "invoked", "marked_as_completed"));
  EXPECT_EQ(fixture.events.all.back().labourer_id, "a");
}

TEST(WorkerAssistant, AFailureMakesTheTaskExpiredAtOnce) {
  Running fixture;
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id, R"(,"reason":"no disk","stats":{"n":1})")),
            ReportOutcome::recorded);
  EXPECT_EQ(fixture.count("a").expired, 1);
  EXPECT_EQ(fixture.task().failed_attempts, 1);
  EXPECT_EQ(fixture.task().reason, "no disk");
  EXPECT_EQ(fixture.task().stats, R"({"n":1})");
  EXPECT_THAT(fixture.events.actions(fixture.id), ElementsAre("created", "invoked", "marked_as_failed"));
  EXPECT_EQ(fixture.events.all.back().details, R"({"reason":"no disk"})");
}

TEST(WorkerAssistant, AFailureWithoutAReasonGetsOne) {
  Running fixture;
  fixture.assistant->handle(fixture.failed(fixture.id));
  EXPECT_EQ(fixture.task().reason, "the worker reported a failure");
}

TEST(WorkerAssistant, TakesStatsAndResultAsTextOfAnObject) {
  Running fixture;
  fixture.assistant->handle(
      fixture.completed(fixture.id, R"(,"stats":"{\"rows\": 3}","result":"{\"list\":[1.5,null]}")"));
  EXPECT_EQ(fixture.task().stats, R"({"rows":3})");
  EXPECT_EQ(fixture.task().result, R"({"list":[1.5,null]})");
}

TEST(WorkerAssistant, StoresWhateverAResultIs) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a":[1.25,{"b":[0.5]}],"odd name!":1,"":2})", R"({"a":[1.25,{"b":[0.5]}],"odd name!":1,"":2})"},
      {"17", R"({"value":17})"},
      {"[1,2.5]", R"({"value":[1,2.5]})"},
      {"true", R"({"value":true})"},
      {R"("done")", R"({"value":"done"})"},
      {R"("17")", R"({"value":"17"})"},
      {R"("[1]")", R"({"value":"[1]"})"},
      {R"("")", R"({"value":""})"},
      {"null", ""},
      {R"({"time":1795490346.89652560,"big":123456789012345678901})",
       R"({"time":1795490346.89652560,"big":123456789012345678901})"},
  };
  for (const auto& [result, stored] : cases) {
    Running fixture;
    fixture.assistant->handle(fixture.completed(fixture.id, std::string(R"(,"result":)") + result));
    EXPECT_EQ(fixture.task().result, stored) << result;
    EXPECT_TRUE(fixture.task().completed_at) << result;
  }
}

TEST(WorkerAssistant, AReportThatIsTooDeepFailsItsTaskAndNothingElse) {
  const std::string deep = std::string(60'000, '[') + std::string(60'000, ']');
  Running fixture;
  EXPECT_EQ(
      fixture.assistant->handle(fixture.completed(fixture.id, fixture.token_of(0) + R"(,"result":)" + deep)),
      ReportOutcome::recorded);
  EXPECT_FALSE(fixture.task().completed_at);
  EXPECT_EQ(fixture.task().failed_attempts, 1);
  EXPECT_EQ(fixture.task().reason, "its report is nested deeper than 200 levels of lists and objects");
  EXPECT_EQ(fixture.task().result, "");
  EXPECT_THAT(fixture.error_for("{\"result\":" + deep + "}"), HasSubstr("action: must be"));
  EXPECT_THAT(fixture.error_for(std::string(60'000, '[')), HasSubstr("the report is not valid JSON"));
}

TEST(WorkerAssistant, AReportOfAnAttemptCountsOnce) {
  Running fixture;
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id, fixture.token_of(0))),
            ReportOutcome::recorded);
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id, fixture.token_of(0))),
            ReportOutcome::repeated);
  EXPECT_EQ(fixture.task().failed_attempts, 1);
  EXPECT_EQ(fixture.assistant->handle(fixture.completed(fixture.id)), ReportOutcome::recorded);
  EXPECT_EQ(fixture.assistant->handle(fixture.completed(fixture.id)), ReportOutcome::repeated);
  EXPECT_THAT(fixture.events.actions(fixture.id),
              ElementsAre("created", "invoked", "marked_as_failed", "marked_as_completed"));
}

TEST(WorkerAssistant, AFailureOfAnOlderAttemptChangesNothing) {
  Running fixture;
  fixture.run_again();
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id, fixture.token_of(0))), ReportOutcome::stale);
  EXPECT_EQ(fixture.count("a").running, 1);
  EXPECT_EQ(fixture.task().failed_attempts, 0);
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id, fixture.token_of(1))),
            ReportOutcome::recorded);
  EXPECT_EQ(fixture.count("a").expired, 1);
}

TEST(WorkerAssistant, ACompletionOfAnOlderAttemptCompletesTheTask) {
  Running fixture;
  fixture.run_again();
  EXPECT_EQ(fixture.assistant->handle(fixture.completed(fixture.id, fixture.token_of(0))),
            ReportOutcome::recorded);
  EXPECT_TRUE(fixture.task().completed_at);
}

TEST(WorkerAssistant, AReportWithoutATokenIsTakenFromTheAttemptUnderWay) {
  Running fixture;
  for (const char* sosw : {"", R"(,"sosw":null)", R"(,"sosw":"x")", R"(,"sosw":{"token":5})"}) {
    Running other;
    EXPECT_EQ(other.assistant->handle(other.failed(other.id, sosw)), ReportOutcome::recorded) << sosw;
  }
}

TEST(WorkerAssistant, AReportForAClosedOrUnknownTaskChangesNothing) {
  Running fixture;
  fixture.assistant->handle(fixture.completed(fixture.id));
  fixture.scavenger->run();
  const std::size_t events = fixture.events.all.size();
  EXPECT_EQ(fixture.assistant->handle(fixture.completed(fixture.id)), ReportOutcome::closed);
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id)), ReportOutcome::closed);
  EXPECT_EQ(fixture.assistant->handle(fixture.completed("00112233445566aa0000000000000000")),
            ReportOutcome::unknown);
  EXPECT_EQ(fixture.assistant->handle(fixture.completed("no id at all")), ReportOutcome::unknown);
  EXPECT_EQ(fixture.events.all.size(), events);
  EXPECT_EQ(fixture.store.list({}).size(), 1U);
}

TEST(WorkerAssistant, RefusesInvalidReports) {
  Running fixture;
  EXPECT_THAT(fixture.error_for("no JSON"), HasSubstr("is not valid JSON"));
  EXPECT_THAT(fixture.error_for("[]"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(fixture.error_for(""), HasSubstr("is not valid JSON"));
  EXPECT_THAT(fixture.error_for(R"({"task_id":"x"})"), HasSubstr("action: must be mark_task_as_completed"));
  EXPECT_THAT(fixture.error_for(fixture.report("x", "mark_task_as_done")),
              HasSubstr(R"(got "mark_task_as_done")"));
  EXPECT_THAT(fixture.error_for(R"({"action":5,"task_id":"x"})"), HasSubstr("action: must be"));
  for (const char* task_id : {"", R"(,"task_id":5)", R"(,"task_id":"")", R"(,"task_id":null)"})
    EXPECT_THAT(fixture.error_for(std::string(R"({"action":"mark_task_as_completed")") + task_id + "}"),
                HasSubstr("task_id: must be"))
        << task_id;
}

TEST(WorkerAssistant, TakesReportsForLabourersThatAreNotConfigured) {
  Running fixture;
  fixture.settings.labourers.clear();
  EXPECT_EQ(fixture.assistant->handle(fixture.failed(fixture.id)), ReportOutcome::recorded);
  EXPECT_EQ(fixture.store.count("a", fixture.clock.time, Labourer{}.attempt_timeout()).expired, 1);
}

}  // namespace
}  // namespace sosw
