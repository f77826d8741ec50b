// TaskStore::claim, release, count and find_open.

#include <algorithm>
#include <utility>

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ClaimContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, ClaimContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(ClaimContract, NothingIsClaimedFromAnEmptyStore) {
  EXPECT_THAT(claim(10), IsEmpty());
  EXPECT_EQ(count().queued, 0);
}

TEST_P(ClaimContract, TasksAreClaimedInTheOrderOfTheirIndexes) {
  const Ids ids = schedule(5);
  EXPECT_THAT(ids_of(claim(2)), ElementsAre(ids[0], ids[1]));
  EXPECT_THAT(ids_of(claim(2)), ElementsAre(ids[2], ids[3]));
  EXPECT_THAT(ids_of(claim(2)), ElementsAre(ids[4]));
  EXPECT_THAT(claim(2), IsEmpty());
}

TEST_P(ClaimContract, AJobThatCameFirstGoesFirst) {
  // The second job's id sorts before the first one's.
  Job first = some_job(), second = some_job();
  first.job_id.swap(second.job_id);
  const Ids a = schedule(first, 2), b = schedule(second, 2);
  EXPECT_THAT(ids_of(claim(4)), ElementsAre(a[0], a[1], b[0], b[1]));
}

TEST_P(ClaimContract, JobsWrittenAlternatelyAreQueuedInTheOrderOfWriting) {
  const Job a = some_job(), b = some_job();
  jobs.accept(a);
  jobs.accept(b);
  const Ids one = {"{}"};
  for (std::int64_t index = 0; index < 2; ++index) {
    jobs.append(a, index, one, false, kNow);
    jobs.append(b, index, one, false, kNow);
  }
  EXPECT_THAT(ids_of(claim(4)), ElementsAre(task_id(a.job_id, 0), task_id(b.job_id, 0), task_id(a.job_id, 1),
                                            task_id(b.job_id, 1)));
}

TEST_P(ClaimContract, HighPriorityGoesBeforeNormalBeforeLow) {
  const Ids low = schedule(some_job("worker", Priority::low), 2);
  const Ids normal = schedule(some_job("worker", Priority::normal), 2);
  const Ids high = schedule(some_job("worker", Priority::high), 2);
  const Ids normal_too = schedule(some_job("worker", Priority::normal), 1);
  EXPECT_THAT(ids_of(claim(7)),
              ElementsAre(high[0], high[1], normal[0], normal[1], normal_too[0], low[0], low[1]));
}

TEST_P(ClaimContract, EachLabourerHasItsOwnQueue) {
  const Ids mine = schedule(some_job("worker"), 2);
  const Ids others = schedule(some_job("other"), 2);
  EXPECT_THAT(ids_of(claim(10, kNow, "t", "other")), ElementsAreArray(others));
  EXPECT_EQ(count().queued, 2);
  EXPECT_THAT(ids_of(claim(10)), ElementsAreArray(mine));
  EXPECT_THAT(claim(10, kNow, "t", "nobody"), IsEmpty());
}

TEST_P(ClaimContract, AClaimedTaskIsReturnedAsMarkedExceptGreenfieldAndAttempts) {
  const Job job = some_job();
  const std::string id = schedule(job, 1, kNow - 5.5).front();
  const std::int64_t position = record(id).task.greenfield;
  EXPECT_LT(position, whole_unix_seconds(kNow));

  const Task claimed = claim_one(kNow, "token 1");
  EXPECT_EQ(claimed.task_id, id);
  EXPECT_EQ(claimed.labourer_id, "worker");
  EXPECT_EQ(claimed.created_at, kNow - 5.5);
  EXPECT_EQ(claimed.payload, R"({"item": 0})");
  EXPECT_EQ(claimed.token, "token 1");
  EXPECT_EQ(claimed.invoked_at, kNow);
  EXPECT_FALSE(claimed.completed_at);
  EXPECT_EQ(claimed.greenfield, position) << "as before the mark";
  EXPECT_EQ(claimed.attempts, 0) << "as before the mark";
}

TEST_P(ClaimContract, TheMarkIsStored) {
  const std::string id = schedule_one();
  claim_one(kNow, "token 1");
  const TaskRecord stored = record(id);
  EXPECT_EQ(stored.table, Table::queue);
  EXPECT_EQ(stored.task.greenfield, invoked_greenfield(kNow));
  EXPECT_EQ(stored.task.attempts, 1);
  EXPECT_EQ(stored.task.token, "token 1");
  EXPECT_EQ(stored.task.invoked_at, kNow);
  EXPECT_EQ(state_of(stored.task, kNow, kAttemptTimeout), TaskState::running);
}

TEST_P(ClaimContract, EachTaskIsClaimedOnceHoweverManyThereAre) {
  const int many = std::min(2500, GetParam().many);
  const Ids ids = schedule(many);
  Ids got;
  for (int turn = 0; std::cmp_less(got.size(), many); ++turn) {
    const auto claimed = claim(701, kNow + turn, fmt::format("turn {}", turn));
    ASSERT_THAT(claimed, Not(IsEmpty()));
    for (const Task& task : claimed) got.push_back(task.task_id);
  }
  EXPECT_EQ(got, ids);
  EXPECT_EQ(count().running, many);
  EXPECT_THAT(claim(1), IsEmpty());
}

TEST_P(ClaimContract, NeverRunsMoreTasksThanTheLimit) {
  schedule(20);
  const auto claim_up_to = [&](std::int64_t at_most, std::int64_t limit, Time now) {
    return tasks.claim({"worker", at_most, limit, now, kAttemptTimeout, "t"}).size();
  };
  EXPECT_EQ(claim_up_to(3, 5, kNow), 3U);
  EXPECT_EQ(claim_up_to(10, 5, kNow), 2U) << "3 of 5 run already";
  EXPECT_EQ(claim_up_to(10, 5, kNow), 0U);
  EXPECT_EQ(claim_up_to(10, 4, kNow), 0U) << "a lowered limit";
  EXPECT_EQ(count().running, 5);
  EXPECT_EQ(claim_up_to(10, 7, kNow), 2U) << "a raised limit";
  EXPECT_EQ(claim_up_to(0, 100, kNow), 0U);
  EXPECT_EQ(claim_up_to(-1, 100, kNow), 0U);
  EXPECT_EQ(claim_up_to(10, 0, kNow), 0U);
  EXPECT_EQ(claim_up_to(10, -5, kNow), 0U);
}

TEST_P(ClaimContract, ATaskThatEndedFreesASlot) {
  const Ids ids = schedule(10);
  const auto room = [&](std::int64_t limit, Time now) {
    return tasks.claim({"worker", 1, limit, now, kAttemptTimeout, "t"}).size();
  };
  tasks.claim({"worker", 4, 4, kNow, kAttemptTimeout, "t"});
  EXPECT_EQ(room(4, kNow), 0U);
  settle({.task_id = ids[0], .now = kNow});
  EXPECT_EQ(room(4, kNow), 1U) << "archived";
  report({.task_id = ids[1], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  EXPECT_EQ(room(4, kNow), 1U) << "reported as completed";
  report({.task_id = ids[2], .succeeded = false, .now = kNow, .attempt_timeout = kAttemptTimeout});
  EXPECT_EQ(room(4, kNow), 1U) << "reported as failed";
  postpone(ids[3], kNow + 60);
  EXPECT_EQ(room(4, kNow), 1U) << "waits for a retry";
  EXPECT_EQ(room(4, kNow), 0U);
}

TEST_P(ClaimContract, AnExpiredTaskDoesNotCountAsRunning) {
  schedule(2);
  tasks.claim({"worker", 1, 1, kNow, kAttemptTimeout, "t"});
  EXPECT_THAT(tasks.claim({"worker", 1, 1, kNow + kAttemptTimeout - 1, kAttemptTimeout, "t"}), IsEmpty());
  EXPECT_THAT(tasks.claim({"worker", 1, 1, kNow + kAttemptTimeout, kAttemptTimeout, "t"}), SizeIs(1));
}

TEST_P(ClaimContract, TheLimitOfOneLabourerLeavesTheOthersAlone) {
  schedule(some_job("worker"), 3);
  schedule(some_job("other"), 3);
  tasks.claim({"worker", 3, 3, kNow, kAttemptTimeout, "t"});
  EXPECT_THAT(tasks.claim({"other", 3, 2, kNow, kAttemptTimeout, "t"}), SizeIs(2));
}

TEST_P(ClaimContract, ReleasedTasksReturnToTheirPosition) {
  const Ids ids = schedule(5);
  const std::string before = described(record(ids[1]));
  const std::vector<Task> claimed = claim(3);
  tasks.release(std::span(claimed).subspan(1));
  EXPECT_EQ(described(record(ids[1])), before);
  EXPECT_EQ(count().running, 1);
  EXPECT_THAT(ids_of(claim(10, kNow + 1, "second")), ElementsAre(ids[1], ids[2], ids[3], ids[4]));
}

TEST_P(ClaimContract, AReleasedAttemptDoesNotCount) {
  const std::string id = schedule_one();
  const std::vector<Task> first = claim(1, kNow, "1");
  postpone(id, kNow);
  tasks.requeue_due("worker", kNow, 10);
  const std::vector<Task> second = claim(1, kNow + 10, "2");
  ASSERT_EQ(ids_of(second), Ids{id});
  EXPECT_EQ(second[0].attempts, 1);
  tasks.release(second);
  EXPECT_EQ(record(id).task.attempts, 1);
  EXPECT_EQ(record(id).task.greenfield, second[0].greenfield);
  EXPECT_EQ(claim_one(kNow + 20, "3").attempts, 1);
}

TEST_P(ClaimContract, ReleasingTwiceChangesNothing) {
  const std::string id = schedule_one();
  const std::vector<Task> first = claim(1, kNow, "1");
  tasks.release(first);
  const std::string after = described(record(id));
  tasks.release(first);
  EXPECT_EQ(described(record(id)), after);
  claim_one(kNow, "2");
  const std::string claimed = described(record(id));
  tasks.release(first);
  EXPECT_EQ(described(record(id)), claimed) << "the token is another attempt's";
}

TEST_P(ClaimContract, ReleaseSkipsWhatHasMovedOnOrIsCompleted) {
  const Ids ids = schedule(5);
  const std::vector<Task> claimed = claim(5);
  report({.task_id = ids[0], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  postpone(ids[1], kNow + 60);
  close_as_dead(ids[2]);
  settle({.task_id = ids[3], .now = kNow});
  std::vector<std::string> before;
  for (const std::string& id : ids) before.push_back(described(record(id)));
  tasks.release(claimed);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(described(record(ids[i])), before[i]);
  EXPECT_EQ(state_of(record(ids[4]).task, kNow, kAttemptTimeout), TaskState::queued)
      << "the others stop nothing";
}

TEST_P(ClaimContract, ReleaseIgnoresTasksThatAreUnknown) {
  Task stranger;
  stranger.task_id = task_id("00000000000000ff", 0);
  Task nonsense;
  nonsense.task_id = "no id at all";
  const std::vector<Task> strangers = {stranger, nonsense};
  EXPECT_NO_THROW(tasks.release(strangers));
  EXPECT_NO_THROW(tasks.release({}));
}

TEST_P(ClaimContract, CountsEachStateSeparately) {
  const Ids ids = schedule(15);
  claim(4, kNow - kAttemptTimeout, "old");  // 0 .. 3 expired
  claim(3, kNow, "new");                    // 4 .. 6 running
  report(
      {.task_id = ids[7], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});  // completed
  report(
      {.task_id = ids[4], .succeeded = false, .now = kNow, .attempt_timeout = kAttemptTimeout});  // expired
  postpone(ids[0], kNow + 60);                                                                    // waiting
  close_as_dead(ids[1]);                                                                          // closed
  settle({.task_id = ids[8], .now = kNow});                                                       // closed
  const TaskCounts counts = count();
  EXPECT_EQ(counts.queued, 6);
  EXPECT_EQ(counts.running, 2);
  EXPECT_EQ(counts.expired, 3);
  EXPECT_EQ(counts.completed, 1);
  EXPECT_EQ(counts.waiting, 1);
  const TaskCounts none = count(kNow, "other");
  EXPECT_EQ(none.queued + none.running + none.expired + none.completed + none.waiting, 0);
}

TEST_P(ClaimContract, OpenTasksAreFoundByTheirIds) {
  const Ids ids = schedule(6);
  claim(4);
  postpone(ids[0], kNow + 60);
  report({.task_id = ids[1], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  close_as_dead(ids[2]);
  settle({.task_id = ids[4], .now = kNow});
  Ids asked = ids;
  asked.push_back(task_id("00000000000000ff", 0));
  asked.push_back("");
  asked.push_back("no id at all");
  asked.push_back(std::string(32, 'z'));
  const std::vector<Task> open = tasks.find_open(asked);
  EXPECT_THAT(ids_of(open), UnorderedElementsAre(ids[0], ids[1], ids[3], ids[5]));
  for (const Task& task : open) {
    EXPECT_EQ(task.labourer_id, "worker");
    EXPECT_EQ(task.attempts, record(task.task_id).task.attempts);
    EXPECT_EQ(task.payload, record(task.task_id).task.payload);
  }
  EXPECT_THAT(tasks.find_open({}), IsEmpty());
}

}  // namespace
}  // namespace sosw
