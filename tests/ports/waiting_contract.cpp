// TaskStore::requeue_due and next_due: tasks that wait for a retry or for their time.

#include <algorithm>

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WaitingContract : public StoreContract {
 protected:
  /// Claims what stands first in line and lets it wait.
  void postpone_first(Time due) { postpone(claim_one().task_id, due); }

  Ids requeue(Time now, std::size_t at_most = kAll, const std::string& labourer_id = "worker") {
    return ids_of(tasks.requeue_due(labourer_id, now, at_most));
  }

  Ids schedule_for(Time run_at, int count, Priority priority = Priority::normal,
                   const std::string& labourer_id = "worker") {
    Job job = some_job(labourer_id, priority);
    job.run_at = run_at;
    return schedule(job, count);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, WaitingContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(WaitingContract, ATaskThatIsNotDueKeepsWaiting) {
  schedule(1);
  postpone_first(kNow + 60);
  EXPECT_THAT(requeue(kNow + 59.9), IsEmpty());
  EXPECT_THAT(claim(10, kNow + 59.9), IsEmpty());
  EXPECT_EQ(count().waiting, 1);
}

TEST_P(WaitingContract, ADueTaskIsQueued) {
  const std::string id = schedule_one();
  postpone_first(kNow + 60);
  const std::vector<Task> back = tasks.requeue_due("worker", kNow + 60, 10);
  ASSERT_EQ(ids_of(back), Ids{id});
  EXPECT_EQ(state_of(back[0], kNow + 60, kAttemptTimeout), TaskState::queued);
  EXPECT_EQ(back[0].attempts, 1);
  EXPECT_EQ(back[0].payload, R"({"item": 0})");
  const TaskRecord stored = record(id);
  EXPECT_EQ(stored.table, Table::queue);
  EXPECT_FALSE(stored.due);
  EXPECT_EQ(stored.task.greenfield, back[0].greenfield);
  EXPECT_EQ(count(kNow + 60).waiting, 0);
  EXPECT_EQ(count(kNow + 60).queued, 1);
  EXPECT_THAT(requeue(kNow + 60), IsEmpty()) << "once";
  EXPECT_EQ(claim_one(kNow + 60, "2").attempts, 1);
}

TEST_P(WaitingContract, RetriedTasksGoToTheFrontInDueOrder) {
  const Ids ids = schedule(5);
  const auto due = std::array{30, 10, 20};
  for (const int seconds : due) postpone_first(kNow + seconds);
  EXPECT_THAT(requeue(kNow + 60), ElementsAre(ids[1], ids[2], ids[0]));
  EXPECT_THAT(line(), ElementsAre(ids[1], ids[2], ids[0], ids[3], ids[4]));
}

TEST_P(WaitingContract, ALaterRetryGoesBeforeAnEarlierOne) {
  const Ids ids = schedule(4);
  postpone_first(kNow + 10);
  postpone_first(kNow + 20);
  EXPECT_THAT(requeue(kNow + 10), ElementsAre(ids[0]));
  EXPECT_THAT(requeue(kNow + 20), ElementsAre(ids[1]));
  EXPECT_THAT(line(), ElementsAre(ids[1], ids[0], ids[2], ids[3]));
}

TEST_P(WaitingContract, NewTasksGoToTheEndInDueOrder) {
  const Ids later = schedule_for(kNow + 20, 2), sooner = schedule_for(kNow + 10, 2);
  const Ids queued = schedule(2);
  EXPECT_THAT(requeue(kNow + 60), ElementsAre(sooner[0], sooner[1], later[0], later[1]));
  EXPECT_THAT(line(), ElementsAre(queued[0], queued[1], sooner[0], sooner[1], later[0], later[1]));
}

TEST_P(WaitingContract, RetriedAndNewTasksAreQueuedCorrectlyInOneCall) {
  const Ids queued = schedule(3);
  postpone_first(kNow + 20);
  const Ids timed = schedule_for(kNow + 10, 1);
  EXPECT_THAT(requeue(kNow + 60), ElementsAre(timed[0], queued[0]));
  EXPECT_THAT(line(), ElementsAre(queued[0], queued[1], queued[2], timed[0]));
}

TEST_P(WaitingContract, EachTaskReturnsToItsOwnBand) {
  const Ids low = schedule(some_job("worker", Priority::low), 1);
  postpone_first(kNow + 10);
  const Ids normal = schedule(some_job("worker", Priority::normal), 1);
  postpone_first(kNow + 20);
  const Ids high = schedule(some_job("worker", Priority::high), 1);
  postpone_first(kNow + 30);
  const Ids timed = schedule_for(kNow + 5, 1, Priority::high);
  const Ids normal_too = schedule(some_job("worker", Priority::normal), 1);
  const Ids low_too = schedule(some_job("worker", Priority::low), 1);
  EXPECT_EQ(requeue(kNow + 60).size(), 4U);
  EXPECT_THAT(line(), ElementsAre(high[0], timed[0], normal[0], normal_too[0], low[0], low_too[0]));
}

TEST_P(WaitingContract, AnOftenRetriedTaskAlwaysGoesToTheFront) {
  const Ids ids = schedule(3);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const Task task = claim_one(kNow + attempt, fmt::format("attempt {}", attempt));
    ASSERT_EQ(task.task_id, ids[0]);
    ASSERT_EQ(task.attempts, attempt);
    postpone(ids[0], kNow + attempt);
    ASSERT_EQ(requeue(kNow + attempt), Ids{ids[0]});
  }
}

TEST_P(WaitingContract, AtMostTheGivenNumberIsQueuedEarliestDueFirst) {
  const Ids ids = schedule(3);
  postpone_first(kNow + 30);
  postpone_first(kNow + 10);
  postpone_first(kNow + 20);
  EXPECT_THAT(requeue(kNow + 60, 0), IsEmpty());
  EXPECT_THAT(requeue(kNow + 60, 2), ElementsAre(ids[1], ids[2]));
  EXPECT_THAT(requeue(kNow + 60, 2), ElementsAre(ids[0]));
}

TEST_P(WaitingContract, OnlyTheTasksOfOneLabourerAreQueued) {
  const Ids mine = schedule_for(kNow + 10, 1), others = schedule_for(kNow + 10, 1, Priority::normal, "other");
  EXPECT_EQ(requeue(kNow + 60, kAll, "other"), others);
  EXPECT_EQ(count().waiting, 1);
  EXPECT_EQ(requeue(kNow + 60), mine);
}

TEST_P(WaitingContract, TheNextDueTimeIsTheSoonestOfAnyLabourer) {
  EXPECT_FALSE(tasks.next_due());
  schedule(1);
  EXPECT_FALSE(tasks.next_due());
  schedule_for(kNow + 30, 2);
  EXPECT_EQ(tasks.next_due(), kNow + 30);
  schedule_for(kNow + 20.25, 1, Priority::low, "other");
  EXPECT_EQ(tasks.next_due(), kNow + 20.25);
  postpone_first(kNow + 10);
  EXPECT_EQ(tasks.next_due(), kNow + 10);
  requeue(kNow + 60);
  EXPECT_EQ(tasks.next_due(), kNow + 20.25);
  requeue(kNow + 60, kAll, "other");
  EXPECT_FALSE(tasks.next_due());
}

TEST_P(WaitingContract, ADueTimeMayBeLongAgo) {
  schedule(1);
  postpone_first(Time());
  EXPECT_EQ(tasks.next_due(), Time());
  EXPECT_EQ(requeue(kNow).size(), 1U);
}

TEST_P(WaitingContract, ThousandsAreQueuedInOrder) {
  const int many = std::min(2000, GetParam().many);
  const Ids ids = schedule(many);
  claim(many);
  std::vector<Settlement> moves;
  for (const std::string& id : ids)
    moves.push_back({.task_id = id,
                     .to = To::retry,
                     .seen = Seen{invoked_greenfield(kNow), "first"},
                     .now = kNow,
                     .due = kNow + static_cast<double>(moves.size())});
  tasks.settle(moves);
  schedule(1);
  EXPECT_EQ(requeue(kNow + many), ids);
  const auto claimed = claim(many, kNow + many, "2");
  EXPECT_EQ(ids_of(claimed), ids);
}

}  // namespace
}  // namespace sosw
