// JobStore.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JobContract : public StoreContract {
 protected:
  std::int64_t append(const Job& job, std::int64_t first_index, int count, bool last = false,
                      Time now = kNow) {
    Ids payloads;
    for (int i = 0; i < count; ++i) payloads.push_back(fmt::format(R"({{"at": {}}})", first_index + i));
    return jobs.append(job, first_index, payloads, last, now);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, JobContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(JobContract, AnAcceptedJobIsStoredAsGiven) {
  Job job = some_job("resize", Priority::low);
  job.document = "{\"lambda_name\": \"resize\", \"text\": \"\xC3\xA4 \xF0\x9F\x9A\x80\"}";
  job.schema = R"(["a", "b"])";
  job.run_at = kNow + 60.5;
  job.on_complete = R"({"webhook": "http://127.0.0.1/"})";
  job.created_at = kNow + 0.000001;
  for (const Job& stored : {jobs.accept(job), jobs.find_job(job.job_id).value_or(Job{})}) {
    EXPECT_EQ(stored.job_id, job.job_id);
    EXPECT_EQ(stored.labourer_id, "resize");
    EXPECT_EQ(stored.document, job.document);
    EXPECT_EQ(stored.schema, job.schema);
    EXPECT_EQ(stored.today, "2026-11-24");
    EXPECT_EQ(stored.priority, Priority::low);
    EXPECT_EQ(stored.run_at, kNow + 60.5);
    EXPECT_EQ(stored.on_complete, job.on_complete);
    EXPECT_EQ(stored.created_at, job.created_at);
    EXPECT_EQ(stored.progress.scheduled, 0);
    EXPECT_FALSE(stored.progress.total);
    EXPECT_EQ(stored.progress.closed(), 0);
  }
}

TEST_P(JobContract, AnExistingJobIsNotOverwritten) {
  const Job first = some_job();
  jobs.accept(first);
  append(first, 0, 3, true);
  Job second = some_job("other", Priority::high);
  second.job_id = first.job_id;
  second.document = R"({"another": 1})";
  const Job stored = jobs.accept(second);
  EXPECT_EQ(stored.labourer_id, "worker");
  EXPECT_EQ(stored.document, first.document);
  EXPECT_EQ(stored.created_at, first.created_at);
  EXPECT_EQ(stored.priority, Priority::normal);
  EXPECT_EQ(stored.progress.scheduled, 3) << "with how far it is";
  EXPECT_EQ(stored.progress.total, 3);
  EXPECT_THAT(jobs.list_jobs(10), SizeIs(1));
}

TEST_P(JobContract, ProgressOfTheCallerIsIgnored) {
  for (const bool with_tasks : {false, true}) {
    Job job = some_job();
    job.progress = {.scheduled = 7, .total = 9, .completed = 5};
    const Job stored = with_tasks ? jobs.accept_with_tasks(job, {}, false, kNow) : jobs.accept(job);
    EXPECT_EQ(stored.progress.scheduled, 0);
    EXPECT_FALSE(stored.progress.total);
    EXPECT_EQ(stored.progress.completed, 0);
    EXPECT_EQ(progress(job.job_id).scheduled, 0);
  }
}

TEST_P(JobContract, FirstTasksComeWithTheJobOrAreLeftToAppend) {
  const Job job = some_job();
  const Ids payloads = {R"({"item": 0})", R"({"item": 1})"};
  const AcceptedJob stored = jobs.accept_with_tasks(job, payloads, false, kNow);
  EXPECT_EQ(stored.document, job.document);
  EXPECT_EQ(stored.progress.scheduled, stored.with_tasks ? 2 : 0);
  EXPECT_EQ(progress(job.job_id).scheduled, stored.progress.scheduled);
  EXPECT_FALSE(progress(job.job_id).total);
  if (!stored.with_tasks) jobs.append(job, 0, payloads, false, kNow);
  append(job, 2, 1, true);
  EXPECT_THAT(line(), ElementsAre(task_id(job.job_id, 0), task_id(job.job_id, 1), task_id(job.job_id, 2)));
  EXPECT_EQ(record(task_id(job.job_id, 1)).task.payload, payloads[1]);
}

TEST_P(JobContract, AllTasksMayComeWithTheJob) {
  Job job = some_job();
  job.run_at = kNow + 60;
  const AcceptedJob stored = jobs.accept_with_tasks(job, Ids{"{}"}, true, kNow);
  EXPECT_EQ(stored.progress.total, stored.with_tasks ? std::optional<std::int64_t>(1) : std::nullopt);
  EXPECT_EQ(progress(job.job_id).total, stored.progress.total);
  if (!stored.with_tasks) return;
  EXPECT_EQ(record(task_id(job.job_id, 0)).due, kNow + 60);
}

TEST_P(JobContract, AJobThatIsKnownGetsNoTasksWhenItIsAcceptedAgain) {
  const Job first = some_job();
  jobs.accept(first);
  Job second = some_job("other");
  second.job_id = first.job_id;
  const AcceptedJob stored = jobs.accept_with_tasks(second, Ids{"{}", "{}"}, true, kNow);
  EXPECT_EQ(stored.labourer_id, "worker");
  EXPECT_FALSE(stored.with_tasks);
  EXPECT_EQ(stored.progress.scheduled, 0);
  EXPECT_FALSE(progress(first.job_id).total);
  EXPECT_EQ(append(first, 0, 3, true), 3);
  EXPECT_EQ(jobs.accept_with_tasks(second, Ids{"{}"}, true, kNow).progress.scheduled, 3);
  EXPECT_THAT(line("other"), IsEmpty());
}

TEST_P(JobContract, AnUnknownJobIsNotFound) {
  EXPECT_FALSE(jobs.find_job("00000000000000ff"));
  EXPECT_FALSE(jobs.find_job(""));
}

TEST_P(JobContract, AppendedTasksAreQueuedWithTheirIndexesInTheirIds) {
  const Job job = some_job();
  jobs.accept(job);
  EXPECT_EQ(append(job, 0, 2, false, kNow), 2);
  EXPECT_EQ(append(job, 2, 3, true, kNow + 0.5), 5);
  for (int index = 0; index < 5; ++index) {
    const TaskRecord stored = record(task_id(job.job_id, index));
    EXPECT_EQ(stored.table, Table::queue);
    EXPECT_EQ(state_of(stored.task, kNow, kAttemptTimeout), TaskState::queued);
    EXPECT_EQ(stored.task.payload, fmt::format(R"({{"at": {}}})", index));
    EXPECT_EQ(stored.task.labourer_id, "worker");
    EXPECT_EQ(stored.task.created_at, index < 2 ? kNow : kNow + 0.5);
    EXPECT_EQ(stored.task.attempts, 0);
    EXPECT_EQ(stored.task.token, "");
    EXPECT_FALSE(stored.task.invoked_at);
    EXPECT_FALSE(stored.task.completed_at);
  }
  EXPECT_FALSE(admin.find(task_id(job.job_id, 5)));
}

TEST_P(JobContract, TasksWaitWhileTheTimeOfTheirJobIsToCome) {
  Job now = some_job(), later = some_job();
  now.run_at = kNow;
  later.run_at = kNow + 0.5;
  EXPECT_EQ(record(schedule(now, 1).front()).table, Table::queue) << "it has come";
  const TaskRecord waits = record(schedule(later, 1).front());
  EXPECT_EQ(waits.table, Table::retry);
  EXPECT_EQ(waits.due, kNow + 0.5);
}

TEST_P(JobContract, TheTotalIsKnownWithTheLastTask) {
  const Job job = some_job();
  jobs.accept(job);
  append(job, 0, 2);
  EXPECT_EQ(progress(job.job_id).scheduled, 2);
  EXPECT_FALSE(progress(job.job_id).total);
  append(job, 2, 1, true);
  EXPECT_EQ(progress(job.job_id).scheduled, 3);
  EXPECT_EQ(progress(job.job_id).total, 3);
}

TEST_P(JobContract, WhatIsWrittenAlreadyIsNotWrittenAgain) {
  const Job job = some_job();
  jobs.accept(job);
  append(job, 0, 3);
  const std::string before = described(record(task_id(job.job_id, 1)));
  EXPECT_EQ(append(job, 0, 3, false, kNow + 9), 3) << "the same call again";
  EXPECT_EQ(append(job, 1, 5, true, kNow + 9), 3) << "another cut";
  EXPECT_EQ(described(record(task_id(job.job_id, 1))), before);
  EXPECT_EQ(progress(job.job_id).scheduled, 3);
  EXPECT_FALSE(progress(job.job_id).total);
}

TEST_P(JobContract, NoIndexIsSkipped) {
  const Job job = some_job();
  jobs.accept(job);
  EXPECT_EQ(append(job, 1, 2, true), 0);
  EXPECT_THAT(claim(10), IsEmpty());
  EXPECT_FALSE(progress(job.job_id).total);
}

TEST_P(JobContract, NothingIsAppendedAfterTheLastBatch) {
  const Job job = some_job();
  jobs.accept(job);
  append(job, 0, 2, true);
  EXPECT_EQ(append(job, 2, 2, true), 2);
  EXPECT_EQ(append(job, 2, 2, false), 2);
  EXPECT_EQ(progress(job.job_id).total, 2);
  EXPECT_THAT(claim(10), SizeIs(2));
}

TEST_P(JobContract, AJobMayHaveNoTasksAndIsFinishedThen) {
  Job job = some_job();
  job.on_complete = R"({"labourer": "after"})";
  jobs.accept(job);
  EXPECT_EQ(append(job, 0, 0, true), 0);
  EXPECT_TRUE(progress(job.job_id).finished());
  EXPECT_EQ(ids_of(jobs.claim_notifications(kNow, kNow + 60, 10)), Ids{job.job_id});
}

TEST_P(JobContract, TasksCanBeClaimedWhileTheRestIsBeingChunked) {
  const Job job = some_job();
  jobs.accept(job);
  append(job, 0, 2);
  EXPECT_THAT(claim(10), SizeIs(2));
  settle({.task_id = task_id(job.job_id, 0), .now = kNow});
  settle({.task_id = task_id(job.job_id, 1), .now = kNow});
  EXPECT_FALSE(progress(job.job_id).finished()) << "more may come";
  append(job, 2, 1, true);
  EXPECT_FALSE(progress(job.job_id).finished());
  settle({.task_id = task_id(job.job_id, 2), .now = kNow});
  EXPECT_TRUE(progress(job.job_id).finished());
}

TEST_P(JobContract, TasksOfAJobThatIsToRunLaterWait) {
  Job job = some_job();
  job.run_at = kNow + 60;
  jobs.accept(job);
  append(job, 0, 2, false, kNow);
  EXPECT_THAT(claim(10), IsEmpty());
  const TaskRecord waiting = record(task_id(job.job_id, 0));
  EXPECT_EQ(waiting.table, Table::retry);
  EXPECT_EQ(waiting.due, kNow + 60);
  EXPECT_EQ(waiting.task.attempts, 0);
  append(job, 2, 1, true, kNow + 60);
  EXPECT_EQ(record(task_id(job.job_id, 2)).table, Table::queue) << "its time has come meanwhile";
  EXPECT_EQ(progress(job.job_id).scheduled, 3);
}

TEST_P(JobContract, UnfinishedJobsAreThoseNotFullyChunkedOldestFirst) {
  EXPECT_THAT(jobs.unfinished(), IsEmpty());
  const Job a = some_job(), b = some_job(), c = some_job(), d = some_job();
  for (const Job& job : {c, a, d, b}) jobs.accept(job);
  append(b, 0, 2, true);
  append(c, 0, 2, false);
  jobs.cancel_job(d.job_id, kNow);
  const std::vector<Job> open = jobs.unfinished();
  EXPECT_THAT(ids_of(open), ElementsAre(a.job_id, c.job_id));
  EXPECT_EQ(open[1].progress.scheduled, 2);
  EXPECT_EQ(open[1].document, c.document);
}

TEST_P(JobContract, JobsAreListedNewestFirst) {
  const Job a = some_job(), b = some_job("other"), c = some_job();
  for (const Job& job : {b, c, a}) jobs.accept(job);
  EXPECT_THAT(ids_of(jobs.list_jobs(10)), ElementsAre(c.job_id, b.job_id, a.job_id));
  EXPECT_THAT(ids_of(jobs.list_jobs(2)), ElementsAre(c.job_id, b.job_id));
  EXPECT_THAT(jobs.list_jobs(0), IsEmpty());
}

TEST_P(JobContract, CancellingAJobClosesItsWaitingAndQueuedTasks) {
  const Job job = some_job();
  const Ids ids = schedule(job, 6);
  const Ids others = schedule(2);
  claim(3, kNow, "1");
  postpone(ids[0], kNow + 60);
  settle({.task_id = ids[1], .now = kNow});
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow + 5), 4) << "three queued ones and one that waits";
  for (const std::size_t index : {0U, 3U, 4U, 5U}) {
    EXPECT_EQ(record(ids[index]).table, Table::closed);
    EXPECT_EQ(record(ids[index]).closed, ClosedAs::cancelled);
    EXPECT_EQ(record(ids[index]).closed_at, kNow + 5);
  }
  EXPECT_EQ(record(ids[1]).closed, ClosedAs::completed);
  EXPECT_EQ(state_of(record(ids[2]).task, kNow, kAttemptTimeout), TaskState::running);
  EXPECT_EQ(progress(job.job_id).cancelled, 4);
  EXPECT_FALSE(progress(job.job_id).finished());
  EXPECT_FALSE(tasks.next_due());
  EXPECT_THAT(line(), ElementsAre(others[0], others[1]));
}

TEST_P(JobContract, RunningTasksOfACancelledJobFinishNormally) {
  const Job job = some_job();
  const Ids ids = schedule(job, 5);
  claim(4, kNow, "1");
  report({.task_id = ids[3], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow + 5), 1);
  EXPECT_TRUE(settle({.task_id = ids[0], .now = kNow}));
  EXPECT_TRUE(close_as_dead(ids[1]));
  EXPECT_TRUE(postpone(ids[2], kNow));
  EXPECT_TRUE(settle({.task_id = ids[3], .now = kNow}));
  EXPECT_EQ(ids_of(tasks.requeue_due("worker", kNow, 10)), Ids{ids[2]});
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow + 6), 1) << "what came back in between";
  const JobProgress end = progress(job.job_id);
  EXPECT_EQ(end.completed, 2);
  EXPECT_EQ(end.dead, 1);
  EXPECT_EQ(end.cancelled, 2);
  EXPECT_TRUE(end.finished());
}

TEST_P(JobContract, ACancelledJobIsNotChunkedFurther) {
  const Job job = some_job();
  jobs.accept(job);
  append(job, 0, 2);
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow), 2);
  EXPECT_EQ(append(job, 2, 2, true), 2) << "the cursor stays";
  EXPECT_EQ(progress(job.job_id).scheduled, 2);
  EXPECT_EQ(progress(job.job_id).total, 2);
  EXPECT_TRUE(progress(job.job_id).finished());
  EXPECT_THAT(jobs.unfinished(), IsEmpty());
}

TEST_P(JobContract, AJobMayBeCancelledBeforeItsFirstTask) {
  const Job job = some_job();
  jobs.accept(job);
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow), 0);
  EXPECT_EQ(append(job, 0, 2, true), 0);
  EXPECT_TRUE(progress(job.job_id).finished());
}

TEST_P(JobContract, CancellingAgainCancelsNothingMore) {
  const Job job = some_job();
  schedule(job, 3);
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow), 3);
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow + 1), 0);
  EXPECT_EQ(record(task_id(job.job_id, 0)).closed_at, kNow);
  EXPECT_EQ(progress(job.job_id).cancelled, 3);
}

TEST_P(JobContract, AnUnknownJobCannotBeCancelled) {
  EXPECT_EQ(jobs.cancel_job("00000000000000ff", kNow), std::nullopt);
}

TEST_P(JobContract, AJobOfManyTasksIsCancelledCompletely) {
  const int many = GetParam().many;
  const Job job = some_job();
  schedule(job, many);
  claim(1);
  EXPECT_EQ(jobs.cancel_job(job.job_id, kNow), many - 1);
  EXPECT_EQ(count().queued, 0);
}

}  // namespace
}  // namespace sosw
