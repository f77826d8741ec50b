#include "essentials/scheduler.h"

#include <set>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "essentials/installation.h"
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

std::string complaint_about(Installation& house, const std::string& event) {
  try {
    house.scheduler->accept(event);
  } catch (const InvalidJob& error) {
    return error.what();
  }
  return "";
}

TEST(Scheduler, WritesATaskForEachPieceWithItsEvents) {
  Installation house(kSchedulerConfig);
  const auto ids = house.schedule(job_of(3));
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(house.count("resize").queued, 3);
  EXPECT_THAT(house.events.actions(), ElementsAre("created", "created", "created"));
  EXPECT_EQ(house.events.all.at(0).task_id, ids[0]);
  EXPECT_EQ(house.events.all.at(0).labourer_id, "resize");
  const Task task = house.store.find(ids[1])->task;
  EXPECT_EQ(task.attempts, 0);
  EXPECT_EQ(task.created_at, house.clock.time);
  EXPECT_EQ(Json::parse(task.payload).at("photos"), Json::array({1}));
}

TEST(Scheduler, ACallThatIsRepeatedMakesNoSecondJobEvenAfterARestart) {
  Installation house(kSchedulerConfig);
  const std::string two = Json{{"Records",
                                {{{"eventSource", "aws:sqs"}, {"body", job_of(3)}},
                                 {{"eventSource", "aws:sqs"}, {"body", job_of(2)}}}}}
                              .dump();
  const auto first = house.scheduler->accept(two, "call 1");
  house.start();
  const auto again = house.scheduler->accept(two, "call 1");
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(again.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(first[i].job_id, again[i].job_id);
  EXPECT_EQ(house.count("resize").queued, 5);
  EXPECT_NE(house.scheduler->accept(job_of(3), "call 2").at(0).job_id, first.at(0).job_id);
  EXPECT_NE(house.scheduler->accept(job_of(3)).at(0).job_id, house.scheduler->accept(job_of(3)).at(0).job_id);
}

TEST(Scheduler, CutsInBatchesAndIsIdleAtTheEnd) {
  Installation house(kSchedulerConfig);
  const Job job = house.scheduler->accept(job_of(2500)).at(0);
  for (const std::int64_t scheduled : {1000, 2000, 2500}) {
    EXPECT_EQ(house.store.find_job(job.job_id)->progress.scheduled, scheduled);
    EXPECT_THAT(house.scheduler->take_fed(), ElementsAre("resize"));
    EXPECT_EQ(house.scheduler->idle(), scheduled == 2500);
    house.scheduler->step();
  }
  EXPECT_THAT(house.scheduler->take_fed(), IsEmpty());
  EXPECT_EQ(house.store.find_job(job.job_id)->progress.total, 2500);
  EXPECT_EQ(house.events.all.size(), 2500U);
}

TEST(Scheduler, AJobOfExactlyOneBatchIsWrittenWhenItIsAccepted) {
  Installation house(kSchedulerConfig);
  house.scheduler->accept(job_of(1000));
  EXPECT_TRUE(house.scheduler->idle());
  EXPECT_EQ(house.count("resize").queued, 1000);
}

TEST(Scheduler, AStoreMayLeaveAllTasksOfAJobForLater) {
  Installation house(kSchedulerConfig);
  house.store.writes_tasks_with_jobs = false;
  house.scheduler->accept(job_of(1500));
  EXPECT_EQ(house.count("resize").queued, 0);
  EXPECT_THAT(house.scheduler->take_fed(), IsEmpty());
  house.scheduler->step();
  EXPECT_EQ(house.count("resize").queued, 1000);
  EXPECT_THAT(house.scheduler->take_fed(), ElementsAre("resize"));
  house.scheduler->step();
  EXPECT_EQ(house.count("resize").queued, 1500);
  EXPECT_TRUE(house.scheduler->idle());
  EXPECT_EQ(house.events.all.size(), 1500U);
}

TEST(Scheduler, RefusesALabourerThatIsNotConfigured) {
  Installation house(kSchedulerConfig);
  EXPECT_EQ(complaint_about(house, R"({"lambda_name":"rezise"})"),
            "lambda_name: there is no labourer 'rezise'; configured are: mail, resize");
  EXPECT_TRUE(house.store.list_jobs(10).empty());
}

TEST(Scheduler, RefusesToCallALabourerThatIsNotConfiguredOnCompletion) {
  Installation house(kSchedulerConfig);
  EXPECT_EQ(complaint_about(house, R"({"lambda_name":"mail","on_complete":{"labourer":"nobody"}})"),
            "on_complete.labourer: there is no labourer 'nobody'; configured are: mail, resize");
  EXPECT_EQ(complaint_about(
                house, R"({"lambda_name":"mail","on_complete":{"labourer":"123456789012:function:mail"}})"),
            "");
}

TEST(Scheduler, TakesTheLabourersNameFromAnArn) {
  Installation house(kSchedulerConfig);
  house.schedule(R"({"lambda_name":"arn:aws:lambda:us-west-2:123456789012:function:mail"})");
  EXPECT_EQ(house.count("mail").queued, 1);
}

TEST(Scheduler, CutsByTheSchemaThatTheJobNames) {
  Installation house(kSchedulerConfig);
  const std::string albums =
      R"({"lambda_name":"resize","isolate_albums":true,"albums":["a","b"],"photos":[1,2])";
  EXPECT_EQ(house.schedule(albums + "}").size(), 1U);
  EXPECT_EQ(house.schedule(albums + R"(,"job_schema_name":"by_album"})").size(), 2U);
  EXPECT_THAT(complaint_about(house, albums + R"(,"job_schema_name":"by_year"})"),
              AllOf(HasSubstr("job_schema_name"), HasSubstr("'by_year'"), HasSubstr("by_album, default")));
}

TEST(Scheduler, WritesNothingOfABatchOfJobsWhenOneIsInvalid) {
  Installation house(kSchedulerConfig);
  const std::string batch = R"({"Records":[
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\"}"},
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"nobody\"}"}]})";
  EXPECT_THAT(complaint_about(house, batch), HasSubstr("'nobody'"));
  EXPECT_TRUE(house.store.list_jobs(10).empty());
  EXPECT_TRUE(house.scheduler->idle());
}

TEST(Scheduler, AcceptsEachJobOfABatch) {
  Installation house(kSchedulerConfig);
  const std::string batch = R"({"Records":[
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\",\"n\":1}"},
    {"eventSource":"aws:sqs","body":"{\"lambda_name\":\"mail\",\"n\":2}"}]})";
  EXPECT_EQ(house.scheduler->accept(batch).size(), 2U);
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("mail").queued, 2);
}

TEST(Scheduler, RefusesReservedNames) {
  Installation house(kSchedulerConfig);
  for (const char* name : {"task_id", "created_at", "greenfield", "attempts", "completed_at", "sosw"})
    EXPECT_THAT(complaint_about(house, std::string(R"({"lambda_name":"mail",")") + name + R"(":"x"})"),
                HasSubstr(name));
  EXPECT_TRUE(house.store.list_jobs(10).empty());
}

TEST(Scheduler, TheSameKeyIsTheSameJob) {
  Installation house(kSchedulerConfig);
  const std::string keyed = job_of(3, "monday");
  const auto first = house.schedule(keyed);
  house.clock.time += 5;
  EXPECT_EQ(house.schedule(keyed), first);
  EXPECT_EQ(house.schedule(job_of(5, "monday")), first);
  EXPECT_EQ(house.count("resize").queued, 3);
  EXPECT_EQ(house.events.all.size(), 3U);
}

TEST(Scheduler, TheSameKeyTwiceAtOnceIsTheSameJob) {
  Installation house(kSchedulerConfig);
  house.store.writes_tasks_with_jobs = false;
  const std::string keyed = job_of(3, "monday");
  const Job first = house.scheduler->accept(keyed).at(0);
  EXPECT_EQ(house.scheduler->accept(keyed).at(0).job_id, first.job_id);
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("resize").queued, 3);
  EXPECT_EQ(house.events.all.size(), 3U);
}

TEST(Scheduler, TheSameKeyForAnotherLabourerIsAnotherJob) {
  Installation house(kSchedulerConfig);
  const auto resize = house.schedule(R"({"lambda_name":"resize","idempotency_key":"k"})");
  EXPECT_NE(house.schedule(R"({"lambda_name":"mail","idempotency_key":"k"})"), resize);
}

TEST(Scheduler, CutsAKnownJobOnFromWhereItStopped) {
  Installation house(kSchedulerConfig);
  const char* key = "monday";
  house.scheduler->accept(job_of(2500, key));
  house.start();
  house.clock.time += 86'400;
  EXPECT_EQ(house.schedule(job_of(7, key)).size(), 2500U);  // the job that was accepted, not the new words
  EXPECT_EQ(house.events.all.size(), 2500U);
}

TEST(Scheduler, ResumesWhatAnEarlierOneLeft) {
  Installation house(kSchedulerConfig);
  const Job job = house.scheduler->accept(job_of(2500)).at(0);
  house.start();
  EXPECT_TRUE(house.scheduler->idle());
  house.scheduler->resume();
  house.scheduler->resume();
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.store.find_job(job.job_id)->progress.total, 2500);
  std::set<std::string> ids;
  for (const TaskEvent& event : house.events.all) ids.insert(event.task_id);
  EXPECT_EQ(ids.size(), 2500U);
  EXPECT_EQ(house.events.all.size(), 2500U);
}

TEST(Scheduler, AJobThatCanNotBeCutAnyMoreDoesNotStopTheOthers) {
  Installation house(kSchedulerConfig);
  const LoggedLines log;
  Job broken;
  broken.job_id = "00000000000000aa";
  broken.labourer_id = "mail";
  broken.document = "no JSON";
  broken.schema = "[]";
  broken.today = "2026-11-24";
  house.store.accept(broken);
  Job fine = broken;
  fine.job_id = "00000000000000bb";
  fine.document = R"({"lambda_name":"mail"})";
  house.store.accept(fine);
  house.scheduler->resume();
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("mail").queued, 1);
  EXPECT_THAT(log.text(), HasSubstr("job 00000000000000aa can't be cut any further"));
}

TEST(Scheduler, TwoOfThemCutAJobIntoItsTasksOnce) {
  Installation house(kSchedulerConfig);
  const Job job = house.scheduler->accept(job_of(3500)).at(0);
  Scheduler other(house.settings, house.store, house.events, house.clock, house.random);
  other.resume();
  while (!house.scheduler->idle() || !other.idle()) {
    house.scheduler->step();
    other.step();
  }
  EXPECT_EQ(house.store.find_job(job.job_id)->progress.total, 3500);
  EXPECT_EQ(house.count("resize").queued, 3500);
}

TEST(Scheduler, LeavesAJobThatWasCancelled) {
  Installation house(kSchedulerConfig);
  const Job job = house.scheduler->accept(job_of(2500)).at(0);
  EXPECT_EQ(house.store.cancel_job(job.job_id, house.clock.time), 1000);
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("resize").queued, 0);
  EXPECT_EQ(house.events.all.size(), 1000U);
}

TEST(Scheduler, AStoreThatFailsForOneJobDoesNotHoldUpTheOthers) {
  Installation house(kSchedulerConfig);
  house.store.writes_tasks_with_jobs = false;
  house.scheduler->accept(job_of(2));
  house.scheduler->accept(R"({"lambda_name":"mail"})");
  bool broken = true;
  house.store.before = [&](const std::string& call, const std::string& id) {
    if (broken && call == "append" && id == "resize") throw StoreError("full");
  };
  EXPECT_THROW(house.scheduler->step(), StoreError);
  house.scheduler->step();
  EXPECT_THAT(house.scheduler->take_fed(), ElementsAre("mail"));
  EXPECT_THROW(house.scheduler->step(), StoreError);
  broken = false;
  while (!house.scheduler->idle()) house.scheduler->step();
  EXPECT_EQ(house.count("resize").queued, 2);
  EXPECT_EQ(house.count("mail").queued, 1);
}

TEST(Scheduler, NotesPriorityTimeAndDay) {
  Installation house(kSchedulerConfig);
  house.schedule(R"({"lambda_name":"mail","priority":"low"})");
  const auto ids = house.schedule(R"({"lambda_name":"mail","priority":"high"})");
  EXPECT_EQ(priority_of(house.store.find(ids[0])->task.greenfield), Priority::high);
  house.schedule(R"({"lambda_name":"mail","delay_seconds":60})");
  EXPECT_EQ(house.store.next_due(), house.clock.time + 60);
  EXPECT_EQ(house.count("mail").waiting, 1);
  const Job job = house.scheduler->accept(R"({"lambda_name":"mail"})").at(0);
  EXPECT_EQ(job.today, "2026-11-24");
}

}  // namespace
}  // namespace sosw
