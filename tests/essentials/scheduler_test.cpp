#include "essentials/scheduler.h"

#include <set>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "essentials/essentials_fixture.h"
#include "log_lines.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kSchedulerConfig = R"({
  "labourers": {"resize": {"max_simultaneous_invocations": 10}, "mail": {}},
  "job_schema_variants": {"default": {"chunkable_attrs": [["photo", {}]]},
                          "by_album": {"chunkable_attrs": [["album", {}], ["photo", {}]]}}
})";

std::string job_of(int photos, const char* key = nullptr) {
  Json job = job_in_pieces("resize", "photo", photos);
  if (key) job["idempotency_key"] = key;
  return job.dump();
}

std::string error_for(EssentialsFixture& fixture, const std::string& event) {
  try {
    fixture.scheduler->accept(event);
  } catch (const InvalidJob& error) {
    return error.what();
  }
  return "";
}

TEST(Scheduler, WritesATaskForEachPieceWithItsEvents) {
  EssentialsFixture fixture(kSchedulerConfig);
  const auto ids = fixture.schedule(job_of(3));
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(fixture.count("resize").queued, 3);
  EXPECT_THAT(fixture.events.actions(), ElementsAre("created", "created", "created"));
  EXPECT_EQ(fixture.events.all.at(0).task_id, ids[0]);
  EXPECT_EQ(fixture.events.all.at(0).labourer_id, "resize");
  const Task task = fixture.store.find(ids[1])->task;
  EXPECT_EQ(task.attempts, 0);
  EXPECT_EQ(task.created_at, fixture.clock.time);
  EXPECT_EQ(Json::parse(task.payload).at("photos"), Json::array({1}));
}

TEST(Scheduler, ARepeatedCallMakesNoSecondJobEvenAfterARestart) {
  EssentialsFixture fixture(kSchedulerConfig);
  const std::string two = Json{{"Records",
                                {{{"eventSource", "aws:sqs"}, {"body", job_of(3)}},
                                 {{"eventSource", "aws:sqs"}, {"body", job_of(2)}}}}}
                              .dump();
  const auto first = fixture.scheduler->accept(two, "call 1");
  fixture.start();
  const auto again = fixture.scheduler->accept(two, "call 1");
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(again.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(first[i].job_id, again[i].job_id);
  EXPECT_EQ(fixture.count("resize").queued, 5);
  EXPECT_NE(fixture.scheduler->accept(job_of(3), "call 2").at(0).job_id, first.at(0).job_id);
  EXPECT_NE(fixture.scheduler->accept(job_of(3)).at(0).job_id,
            fixture.scheduler->accept(job_of(3)).at(0).job_id);
}

TEST(Scheduler, ChunksInBatchesAndIsIdleAtTheEnd) {
  EssentialsFixture fixture(kSchedulerConfig);
  const Job job = fixture.scheduler->accept(job_of(2500)).at(0);
  for (const std::int64_t scheduled : {1000, 2000, 2500}) {
    EXPECT_EQ(fixture.store.find_job(job.job_id)->progress.scheduled, scheduled);
    EXPECT_THAT(fixture.scheduler->take_updated(), ElementsAre("resize"));
    EXPECT_EQ(fixture.scheduler->idle(), scheduled == 2500);
    fixture.scheduler->step();
  }
  EXPECT_THAT(fixture.scheduler->take_updated(), IsEmpty());
  EXPECT_EQ(fixture.store.find_job(job.job_id)->progress.total, 2500);
  EXPECT_EQ(fixture.events.all.size(), 2500U);
}

TEST(Scheduler, AJobOfExactlyOneBatchIsWrittenWhenItIsAccepted) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.scheduler->accept(job_of(1000));
  EXPECT_TRUE(fixture.scheduler->idle());
  EXPECT_EQ(fixture.count("resize").queued, 1000);
}

TEST(Scheduler, AStoreMayLeaveAllTasksOfAJobForLater) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.store.writes_tasks_with_jobs = false;
  fixture.scheduler->accept(job_of(1500));
  EXPECT_EQ(fixture.count("resize").queued, 0);
  EXPECT_THAT(fixture.scheduler->take_updated(), IsEmpty());
  fixture.scheduler->step();
  EXPECT_EQ(fixture.count("resize").queued, 1000);
  EXPECT_THAT(fixture.scheduler->take_updated(), ElementsAre("resize"));
  fixture.scheduler->step();
  EXPECT_EQ(fixture.count("resize").queued, 1500);
  EXPECT_TRUE(fixture.scheduler->idle());
  EXPECT_EQ(fixture.events.all.size(), 1500U);
}

TEST(Scheduler, RefusesALabourerThatIsNotConfigured) {
  EssentialsFixture fixture(kSchedulerConfig);
  EXPECT_EQ(error_for(fixture, R"({"lambda_name":"rezise"})"),
            "lambda_name: there is no labourer 'rezise'; configured are: mail, resize");
  EXPECT_TRUE(fixture.store.list_jobs(10).empty());
}

TEST(Scheduler, RefusesToCallALabourerThatIsNotConfiguredOnCompletion) {
  EssentialsFixture fixture(kSchedulerConfig);
  EXPECT_EQ(error_for(fixture, R"({"lambda_name":"mail","on_complete":{"labourer":"nobody"}})"),
            "on_complete.labourer: there is no labourer 'nobody'; configured are: mail, resize");
  EXPECT_EQ(
      error_for(fixture, R"({"lambda_name":"mail","on_complete":{"labourer":"123456789012:function:mail"}})"),
      "");
}

TEST(Scheduler, TakesTheLabourersNameFromAnArn) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.schedule(R"({"lambda_name":"arn:aws:lambda:us-west-2:123456789012:function:mail"})");
  EXPECT_EQ(fixture.count("mail").queued, 1);
}

TEST(Scheduler, ChunksByTheSchemaThatTheJobNames) {
  EssentialsFixture fixture(kSchedulerConfig);
  const std::string albums =
      R"({"lambda_name":"resize","isolate_albums":true,"albums":["a","b"],"photos":[1,2])";
  EXPECT_EQ(fixture.schedule(albums + "}").size(), 1U);
  EXPECT_EQ(fixture.schedule(albums + R"(,"job_schema_name":"by_album"})").size(), 2U);
  EXPECT_THAT(error_for(fixture, albums + R"(,"job_schema_name":"by_year"})"),
              AllOf(HasSubstr("job_schema_name"), HasSubstr("'by_year'"), HasSubstr("by_album, default")));
}

TEST(Scheduler, WritesNothingOfABatchOfJobsWhenOneIsInvalid) {
  EssentialsFixture fixture(kSchedulerConfig);
  const std::string batch = R"({"Records":[
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\"}"},
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"nobody\"}"}]})";
  EXPECT_THAT(error_for(fixture, batch), HasSubstr("'nobody'"));
  EXPECT_TRUE(fixture.store.list_jobs(10).empty());
  EXPECT_TRUE(fixture.scheduler->idle());
}

TEST(Scheduler, AcceptsEachJobOfABatch) {
  EssentialsFixture fixture(kSchedulerConfig);
  const std::string batch = R"({"Records":[
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\",\"n\":1}"},
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\",\"n\":2}"}]})";
  EXPECT_EQ(fixture.scheduler->accept(batch).size(), 2U);
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("mail").queued, 2);
}

TEST(Scheduler, RefusesReservedNames) {
  EssentialsFixture fixture(kSchedulerConfig);
  for (const char* name : {"task_id", "created_at", "greenfield", "attempts", "completed_at", "sosw"})
    EXPECT_THAT(error_for(fixture, std::string(R"({"lambda_name":"mail",")") + name + R"(":"x"})"),
                HasSubstr(name));
  EXPECT_TRUE(fixture.store.list_jobs(10).empty());
}

TEST(Scheduler, TheSameKeyIsTheSameJob) {
  EssentialsFixture fixture(kSchedulerConfig);
  const std::string keyed = job_of(3, "monday");
  const auto first = fixture.schedule(keyed);
  fixture.clock.time += 5;
  EXPECT_EQ(fixture.schedule(keyed), first);
  EXPECT_EQ(fixture.schedule(job_of(5, "monday")), first);
  EXPECT_EQ(fixture.count("resize").queued, 3);
  EXPECT_EQ(fixture.events.all.size(), 3U);
}

TEST(Scheduler, TheSameKeyTwiceAtOnceIsTheSameJob) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.store.writes_tasks_with_jobs = false;
  const std::string keyed = job_of(3, "monday");
  const Job first = fixture.scheduler->accept(keyed).at(0);
  EXPECT_EQ(fixture.scheduler->accept(keyed).at(0).job_id, first.job_id);
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("resize").queued, 3);
  EXPECT_EQ(fixture.events.all.size(), 3U);
}

TEST(Scheduler, TheSameKeyForAnotherLabourerIsAnotherJob) {
  EssentialsFixture fixture(kSchedulerConfig);
  const auto resize = fixture.schedule(R"({"lambda_name":"resize","idempotency_key":"k"})");
  EXPECT_NE(fixture.schedule(R"({"lambda_name":"mail","idempotency_key":"k"})"), resize);
}

TEST(Scheduler, ContinuesChunkingAKnownJobWhereItStopped) {
  EssentialsFixture fixture(kSchedulerConfig);
  const char* key = "monday";
  fixture.scheduler->accept(job_of(2500, key));
  fixture.start();
  fixture.clock.time += 86'400;
  EXPECT_EQ(fixture.schedule(job_of(7, key)).size(), 2500U);  // the job that was accepted, not the new words
  EXPECT_EQ(fixture.events.all.size(), 2500U);
}

TEST(Scheduler, ResumesUnfinishedJobs) {
  EssentialsFixture fixture(kSchedulerConfig);
  const Job job = fixture.scheduler->accept(job_of(2500)).at(0);
  fixture.start();
  EXPECT_TRUE(fixture.scheduler->idle());
  fixture.scheduler->resume();
  fixture.scheduler->resume();
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.store.find_job(job.job_id)->progress.total, 2500);
  std::set<std::string> ids;
  for (const TaskEvent& event : fixture.events.all) ids.insert(event.task_id);
  EXPECT_EQ(ids.size(), 2500U);
  EXPECT_EQ(fixture.events.all.size(), 2500U);
}

TEST(Scheduler, AJobThatCanNoLongerBeChunkedDoesNotStopTheOthers) {
  EssentialsFixture fixture(kSchedulerConfig);
  const LoggedLines log;
  Job broken;
  broken.job_id = "00000000000000aa";
  broken.labourer_id = "mail";
  broken.document = "no JSON";
  broken.schema = "[]";
  broken.today = "2026-11-24";
  fixture.store.accept(broken);
  Job fine = broken;
  fine.job_id = "00000000000000bb";
  fine.document = R"({"lambda_name":"mail"})";
  fixture.store.accept(fine);
  fixture.scheduler->resume();
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("mail").queued, 1);
  EXPECT_THAT(log.text(), HasSubstr("job 00000000000000aa can't be cut any further"));
}

TEST(Scheduler, TwoSchedulersChunkAJobOnce) {
  EssentialsFixture fixture(kSchedulerConfig);
  const Job job = fixture.scheduler->accept(job_of(3500)).at(0);
  Scheduler other(fixture.settings, fixture.store, fixture.events, fixture.clock, fixture.random);
  other.resume();
  while (!fixture.scheduler->idle() || !other.idle()) {
    fixture.scheduler->step();
    other.step();
  }
  EXPECT_EQ(fixture.store.find_job(job.job_id)->progress.total, 3500);
  EXPECT_EQ(fixture.count("resize").queued, 3500);
}

TEST(Scheduler, SkipsACancelledJob) {
  EssentialsFixture fixture(kSchedulerConfig);
  const Job job = fixture.scheduler->accept(job_of(2500)).at(0);
  EXPECT_EQ(fixture.store.cancel_job(job.job_id, fixture.clock.time), 1000);
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("resize").queued, 0);
  EXPECT_EQ(fixture.events.all.size(), 1000U);
}

TEST(Scheduler, AStoreThatFailsForOneJobDoesNotHoldUpTheOthers) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.store.writes_tasks_with_jobs = false;
  fixture.scheduler->accept(job_of(2));
  fixture.scheduler->accept(R"({"lambda_name":"mail"})");
  bool broken = true;
  fixture.store.before = [&](const std::string& call, const std::string& id) {
    if (broken && call == "append" && id == "resize") throw StoreError("full");
  };
  EXPECT_THROW(fixture.scheduler->step(), StoreError);
  fixture.scheduler->step();
  EXPECT_THAT(fixture.scheduler->take_updated(), ElementsAre("mail"));
  EXPECT_THROW(fixture.scheduler->step(), StoreError);
  broken = false;
  while (!fixture.scheduler->idle()) fixture.scheduler->step();
  EXPECT_EQ(fixture.count("resize").queued, 2);
  EXPECT_EQ(fixture.count("mail").queued, 1);
}

TEST(Scheduler, StoresPriorityTimeAndDay) {
  EssentialsFixture fixture(kSchedulerConfig);
  fixture.schedule(R"({"lambda_name":"mail","priority":"low"})");
  const auto ids = fixture.schedule(R"({"lambda_name":"mail","priority":"high"})");
  EXPECT_EQ(priority_of(fixture.store.find(ids[0])->task.greenfield), Priority::high);
  fixture.schedule(R"({"lambda_name":"mail","delay_seconds":60})");
  EXPECT_EQ(fixture.store.next_due(), fixture.clock.time + 60);
  EXPECT_EQ(fixture.count("mail").waiting, 1);
  const Job job = fixture.scheduler->accept(R"({"lambda_name":"mail"})").at(0);
  EXPECT_EQ(job.today, "2026-11-24");
}

}  // namespace
}  // namespace sosw
