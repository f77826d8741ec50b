// JobStore: what is announced of finished jobs.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

class NotificationContract : public StoreContract {
 protected:
  Job finished_job() {
    Job job = some_job();
    job.on_complete = R"({"topic": "done"})";
    for (const std::string& id : schedule(job, 2)) settle({.task_id = id, .now = kNow});
    return job;
  }
  Ids take(Time now, Time until, std::size_t at_most = 10) {
    return ids_of(jobs.claim_notifications(now, until, at_most));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, NotificationContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(NotificationContract, AFinishedJobIsHandedOutWithAllItsFields) {
  const Job job = finished_job();
  const std::vector<Job> taken = jobs.claim_notifications(kNow, kNow + 60, 10);
  ASSERT_EQ(ids_of(taken), Ids{job.job_id});
  EXPECT_EQ(taken[0].on_complete, job.on_complete);
  EXPECT_EQ(taken[0].labourer_id, "worker");
  EXPECT_EQ(taken[0].progress.completed, 2);
  EXPECT_TRUE(taken[0].progress.finished());
}

TEST_P(NotificationContract, OneCallerHasItUntilItsTimeIsOver) {
  const Job job = finished_job();
  EXPECT_THAT(take(kNow, kNow + 60), ElementsAre(job.job_id));
  EXPECT_THAT(take(kNow + 1, kNow + 61), IsEmpty());
  EXPECT_THAT(take(kNow + 59.9, kNow + 120), IsEmpty());
  EXPECT_THAT(take(kNow + 60, kNow + 120), ElementsAre(job.job_id)) << "the first one died";
  EXPECT_THAT(take(kNow + 61, kNow + 121), IsEmpty());
}

TEST_P(NotificationContract, ANotifiedJobIsNotHandedOutAgain) {
  const Job job = finished_job();
  take(kNow, kNow + 60);
  jobs.notified(job.job_id);
  jobs.notified(job.job_id);
  EXPECT_THAT(take(kNow + 1000, kNow + 2000), IsEmpty());
  EXPECT_NO_THROW(jobs.notified("00000000000000ff"));
  EXPECT_THAT(take(kNow + 1000, kNow + 2000), IsEmpty());
}

TEST_P(NotificationContract, OnlyFinishedJobsWithOnCompleteAreHandedOut) {
  Job silent = some_job();
  for (const std::string& id : schedule(silent, 1)) settle({.task_id = id, .now = kNow});
  Job open = some_job();
  open.on_complete = R"({"topic": "done"})";
  const Ids ids = schedule(open, 2);
  settle({.task_id = ids[0], .now = kNow});
  EXPECT_THAT(take(kNow, kNow + 60), IsEmpty());
  settle({.task_id = ids[1], .now = kNow});
  EXPECT_THAT(take(kNow, kNow + 60), ElementsAre(open.job_id));
}

TEST_P(NotificationContract, AJobThatEndsDeadOrCancelledIsHandedOutToo) {
  Job dead = some_job(), cancelled = some_job(), stopped = some_job();
  for (Job* job : {&dead, &cancelled, &stopped}) job->on_complete = R"({"topic": "done"})";
  const Ids dying = schedule(dead, 1);
  claim_one();
  close_as_dead(dying[0]);
  admin.cancel(schedule(cancelled, 2), kNow);
  jobs.accept(stopped);
  jobs.append(stopped, 0, Ids{"{}"}, false, kNow);
  jobs.cancel_job(stopped.job_id, kNow);
  EXPECT_THAT(take(kNow, kNow + 60), UnorderedElementsAre(dead.job_id, cancelled.job_id, stopped.job_id));
}

TEST_P(NotificationContract, ARevivedTaskDelaysTheNotification) {
  Job job = some_job();
  job.on_complete = R"({"topic": "done"})";
  const Ids ids = schedule(job, 1);
  claim_one();
  close_as_dead(ids[0]);
  admin.revive(ids, kNow);
  EXPECT_THAT(take(kNow, kNow + 60), IsEmpty());
  settle({.task_id = ids[0], .now = kNow});
  EXPECT_THAT(take(kNow, kNow + 60), ElementsAre(job.job_id));
}

TEST_P(NotificationContract, AtMostTheGivenNumberIsHandedOut) {
  const Ids all = {finished_job().job_id, finished_job().job_id, finished_job().job_id};
  Ids taken = take(kNow, kNow + 60, 2);
  EXPECT_THAT(taken, SizeIs(2));
  for (const std::string& id : take(kNow, kNow + 60, 2)) taken.push_back(id);
  EXPECT_THAT(taken, UnorderedElementsAreArray(all));
}

}  // namespace
}  // namespace sosw
