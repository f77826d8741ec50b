// AdminStore.

#include "sosw/model/errors.h"

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class AdminContract : public StoreContract {
 protected:
  std::string dead_one(Time invoked = kNow) {
    const Task task = claim_one(invoked);
    close_as_dead(task.task_id);
    return task.task_id;
  }
  std::vector<bool> revive(const Ids& ids, Time now = kNow) { return admin.revive(ids, now); }
  std::vector<bool> cancel(const Ids& ids, Time now = kNow) { return admin.cancel(ids, now); }
};
INSTANTIATE_TEST_SUITE_P(Stores, AdminContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(AdminContract, ATaskThatDoesNotExistIsNotFound) {
  const std::string id = schedule_one();
  for (const std::string& stranger : {task_id(*job_id_of(id), 1), task_id("00000000000000ff", 0), id + "0",
                                      id.substr(1), std::string(), std::string("no id at all")})
    EXPECT_FALSE(admin.find(stranger)) << stranger;
}

TEST_P(AdminContract, TasksAreListedQueueThenRetryThenClosedByTheirIds) {
  // Of two jobs, the one whose id sorts last was there first.
  Job first = some_job(), second = some_job();
  first.job_id.swap(second.job_id);
  const Ids b = schedule(first, 4), a = schedule(second, 4);
  claim(3, kNow, "1");
  postpone(b[0], kNow + 60);
  close_as_dead(b[1]);
  report({.task_id = b[3], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  claim(1, kNow, "2");
  postpone(a[0], kNow + 30);
  cancel({a[2]});
  EXPECT_THAT(ids_of(admin.list({.at_most = kAll})),
              ElementsAre(a[1], a[3], b[2], b[3], a[0], b[0], a[2], b[1]));
}

TEST_P(AdminContract, AListHasTheRequestedLength) {
  const Ids ids = schedule(60);
  for (int i = 0; i < 5; ++i) postpone(claim_one().task_id, kNow + 60);
  EXPECT_THAT(admin.list({}), SizeIs(50)) << "unless told otherwise";
  EXPECT_THAT(admin.list({.at_most = 0}), IsEmpty());
  EXPECT_THAT(ids_of(admin.list({.at_most = 2})), ElementsAre(ids[5], ids[6]));
  EXPECT_THAT(admin.list({.at_most = 57}), SizeIs(57)) << "over the border of two tables";
  EXPECT_THAT(admin.list({.at_most = std::numeric_limits<std::size_t>::max()}), SizeIs(60));
}

TEST_P(AdminContract, AListShowsOnlyWhatMatchesItsFilter) {
  const Job a = some_job("worker"), b = some_job("other"), c = some_job("worker");
  const Ids of_a = schedule(a, 5), of_b = schedule(b, 1), of_c = schedule(c, 1);
  claim(4, kNow, "1");
  postpone(of_a[0], kNow + 60);
  close_as_dead(of_a[1]);
  settle({.task_id = of_a[2], .now = kNow});
  cancel({of_b[0]});
  const auto listed = [&](TaskFilter filter) { return ids_of(admin.list(filter)); };
  EXPECT_THAT(listed({.labourer_id = "other"}), ElementsAreArray(of_b));
  EXPECT_THAT(listed({.labourer_id = "nobody"}), IsEmpty());
  EXPECT_THAT(listed({.job_id = c.job_id}), ElementsAreArray(of_c));
  EXPECT_THAT(listed({.job_id = "00000000000000ff"}), IsEmpty());
  EXPECT_THAT(listed({.labourer_id = "other", .job_id = a.job_id}), IsEmpty());
  EXPECT_THAT(listed({.table = Table::queue}), ElementsAre(of_a[3], of_a[4], of_c[0]));
  EXPECT_THAT(listed({.table = Table::retry}), ElementsAre(of_a[0]));
  EXPECT_THAT(listed({.table = Table::closed}), ElementsAre(of_a[1], of_a[2], of_b[0]));
  EXPECT_THAT(listed({.labourer_id = "worker", .table = Table::closed}), ElementsAre(of_a[1], of_a[2]));
  EXPECT_THAT(listed({.job_id = b.job_id, .table = Table::closed}), ElementsAre(of_b[0]));
  const auto closed_as = [&](ClosedAs how) { return listed({.table = Table::closed, .closed = how}); };
  EXPECT_THAT(closed_as(ClosedAs::completed), ElementsAre(of_a[2]));
  EXPECT_THAT(closed_as(ClosedAs::dead), ElementsAre(of_a[1]));
  EXPECT_THAT(closed_as(ClosedAs::cancelled), ElementsAre(of_b[0]));
  EXPECT_THAT(listed({.closed = ClosedAs::dead}), ElementsAre(of_a[1])) << "only closed ones";
  EXPECT_THAT(listed({.table = Table::queue, .closed = ClosedAs::dead}), ElementsAre(of_a[1]));
  EXPECT_THAT(listed({.job_id = a.job_id, .closed = ClosedAs::completed}), ElementsAre(of_a[2]));
  EXPECT_THAT(listed({.labourer_id = "worker", .table = Table::closed, .closed = ClosedAs::cancelled}),
              IsEmpty());
  EXPECT_THAT(listed({.job_id = a.job_id, .table = Table::closed, .closed = ClosedAs::dead}),
              ElementsAre(of_a[1]));
}

TEST_P(AdminContract, AListContinuesAfterATask) {
  // Of two jobs, the one whose id sorts last was there first.
  Job first = some_job(), second = some_job();
  first.job_id.swap(second.job_id);
  const Ids b = schedule(first, 3), a = schedule(second, 3);
  const auto behind = [&](const std::string& after, std::size_t at_most) {
    return ids_of(admin.list({.table = Table::queue, .at_most = at_most, .after = after}));
  };
  EXPECT_THAT(behind(a[0], 3), ElementsAre(a[1], a[2], b[0]));
  EXPECT_THAT(behind(b[0], 3), ElementsAre(b[1], b[2]));
  EXPECT_THAT(behind(b[2], 3), IsEmpty());
  EXPECT_THAT(behind(std::string(32, '0'), 2), ElementsAre(a[0], a[1]));
  EXPECT_THAT(behind(std::string(32, 'f'), 2), IsEmpty());
  cancel({a[0], a[1], b[0]});
  claim(2);
  postpone(a[2], kNow + 60);
  postpone(b[1], kNow + 60);
  EXPECT_THAT(ids_of(admin.list({.table = Table::retry, .after = a[2]})), ElementsAre(b[1]));
  EXPECT_THAT(ids_of(admin.list({.table = Table::closed, .after = a[0]})), ElementsAre(a[1], b[0]));
  EXPECT_THAT(ids_of(admin.list({.table = Table::closed, .closed = ClosedAs::cancelled, .after = a[1]})),
              ElementsAre(b[0]));
}

TEST_P(AdminContract, AListShowsEachTaskAsFindDoes) {
  const Ids ids = schedule(4);
  claim(3, kNow, "1");
  postpone(ids[0], kNow + 60);
  close_as_dead(ids[1]);
  for (const TaskRecord& one : admin.list({})) EXPECT_EQ(described(one), described(record(one.task.task_id)));
}

TEST_P(AdminContract, WithoutAnEventLogThereIsNoHistory) {
  const std::string id = schedule_one();
  claim_one();
  EXPECT_THAT(admin.history(id), IsEmpty());
  EXPECT_THAT(admin.history("no id at all"), IsEmpty());
}

TEST_P(AdminContract, ClosedTasksAreCountedForEachLabourer) {
  const Ids ids = schedule(6), others = schedule(some_job("other"), 1);
  schedule(some_job("worker"), 1);
  claim(4);
  settle({.task_id = ids[0], .now = kNow});
  settle({.task_id = ids[1], .now = kNow});
  close_as_dead(ids[2]);
  cancel({ids[4], ids[5]});
  settle({.task_id = others[0], .now = kNow});
  const AdminStore::Closed counted = admin.count_closed("worker");
  EXPECT_EQ(counted.completed, 2);
  EXPECT_EQ(counted.dead, 1);
  EXPECT_EQ(counted.cancelled, 2);
  EXPECT_EQ(admin.count_closed("other").completed, 1);
  EXPECT_EQ(admin.count_closed("nobody").completed, 0);
  revive({ids[2]});
  EXPECT_EQ(admin.count_closed("worker").dead, 0);
}

TEST_P(AdminContract, EveryLabourerWithTasksOrControlsIsKnown) {
  EXPECT_THAT(admin.labourer_ids(), IsEmpty());
  schedule(some_job("b"), 1);
  schedule(some_job("b"), 1);
  Job waiting = some_job("c");
  waiting.run_at = kNow + 60;
  schedule(waiting, 1);
  admin.set_control("a", {.paused = true});
  settle({.task_id = schedule(some_job("d"), 1).front(), .now = kNow});
  EXPECT_THAT(admin.labourer_ids(), UnorderedElementsAre("a", "b", "c", "d"));
}

TEST_P(AdminContract, ControlsStayUntilTheyAreChanged) {
  const auto control = [](bool paused, std::optional<int> limit) {
    return AllOf(::testing::Field(&LabourerControl::paused, paused),
                 ::testing::Field(&LabourerControl::limit, limit));
  };
  EXPECT_THAT(admin.controls(), IsEmpty());
  admin.set_control("a", {.paused = true});
  admin.set_control("b", {.limit = 0});
  admin.set_control("c", {.paused = true, .limit = 7});
  EXPECT_THAT(admin.controls(),
              UnorderedElementsAre(Pair("a", control(true, {})), Pair("b", control(false, 0)),
                                   Pair("c", control(true, 7))));
  admin.set_control("a", {.limit = 3});
  EXPECT_THAT(admin.controls().at("a"), control(false, 3)) << "both are replaced";
  admin.set_control("a", {});
  const auto now = admin.controls();
  EXPECT_TRUE(!now.contains("a") || ::testing::Value(now.at("a"), control(false, {})));
}

TEST_P(AdminContract, TheStoreStillClaimsForAPausedLabourer) {
  schedule(1);
  admin.set_control("worker", {.paused = true, .limit = 0});
  EXPECT_THAT(claim(1), SizeIs(1));
}

TEST_P(AdminContract, ARevivedTaskStartsAgainAtTheFrontOfTheQueue) {
  const Ids ids = schedule(3);
  const std::string id = ids[0];
  claim_one(kNow, "1");
  report({.task_id = id,
          .succeeded = false,
          .now = kNow,
          .attempt_timeout = kAttemptTimeout,
          .stats = "{}",
          .result = "{}",
          .reason = "no"});
  close_as_dead(id);
  EXPECT_EQ(revive({id}), std::vector{true});
  const TaskRecord back = record(id);
  EXPECT_EQ(back.table, Table::queue);
  EXPECT_EQ(state_of(back.task, kNow, kAttemptTimeout), TaskState::queued);
  EXPECT_EQ(back.task.attempts, 0);
  EXPECT_FALSE(back.task.completed_at);
  EXPECT_FALSE(back.closed_at);
  EXPECT_EQ(progress(*job_id_of(id)).dead, 0);
  EXPECT_EQ(report({.task_id = id, .token = "1", .now = kNow, .attempt_timeout = kAttemptTimeout}),
            ReportOutcome::stale)
      << "the dead attempt has nothing to say any more";
  EXPECT_THAT(line(), ElementsAre(ids[0], ids[1], ids[2]));
}

TEST_P(AdminContract, RevivedTasksKeepTheirOrderAndTheirBands) {
  const Ids normal = schedule(4);
  for (int i = 0; i < 3; ++i) dead_one();
  const Ids high = schedule(some_job("worker", Priority::high), 1);
  EXPECT_THAT(revive({normal[2], normal[0], normal[1]}), ElementsAre(true, true, true));
  EXPECT_THAT(line(), ElementsAre(high[0], normal[2], normal[0], normal[1], normal[3]));
}

TEST_P(AdminContract, AWaitingTaskThatIsRevivedIsDueAtOnce) {
  const Ids ids = schedule(2);
  claim(2);
  postpone(ids[0], kNow + 3600);
  postpone(ids[1], kNow - 5);
  EXPECT_THAT(revive(ids), ElementsAre(true, true));
  EXPECT_EQ(record(ids[0]).table, Table::retry);
  EXPECT_EQ(record(ids[0]).due, kNow);
  EXPECT_EQ(record(ids[1]).due, kNow - 5) << "it was due already";
  EXPECT_EQ(record(ids[0]).task.attempts, 1) << "it was not dead";
  EXPECT_EQ(ids_of(tasks.requeue_due("worker", kNow, 10)), (Ids{ids[1], ids[0]}));
}

TEST_P(AdminContract, OnlyDeadAndWaitingTasksCanBeRevived) {
  const Ids ids = schedule(5);
  claim(3);
  settle({.task_id = ids[0], .now = kNow});
  report({.task_id = ids[1], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  cancel({ids[4]});
  Ids asked = ids;
  asked.push_back(task_id("00000000000000ff", 0));
  asked.push_back("no id at all");
  std::vector<std::string> before;
  for (const std::string& id : ids) before.push_back(described(record(id)));
  EXPECT_EQ(revive(asked), std::vector<bool>(7, false));
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(described(record(ids[i])), before[i]);
}

TEST_P(AdminContract, RevivingTwiceInOneCallRevivesOnce) {
  const std::string id = schedule_one();
  dead_one();
  const std::vector<bool> answer = revive({id, id});
  EXPECT_EQ(answer[0] + answer[1], 1);
  EXPECT_EQ(progress(*job_id_of(id)).dead, 0);
  EXPECT_EQ(revive({id}), std::vector{false});
}

TEST_P(AdminContract, ATaskMayDieAndBeRevivedRepeatedly) {
  const std::string id = schedule_one();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(claim_one(kNow + i, fmt::format("{}", i)).attempts, 0);
    EXPECT_TRUE(close_as_dead(id));
    EXPECT_EQ(progress(*job_id_of(id)).dead, 1);
    EXPECT_EQ(revive({id}, kNow + i), std::vector{true});
    EXPECT_EQ(progress(*job_id_of(id)).dead, 0);
  }
  EXPECT_TRUE(settle({.task_id = id, .now = kNow}));
}

TEST_P(AdminContract, ATaskWhosePayloadIsNotAnObjectCannotBeRevived) {
  const Job job = some_job();
  jobs.accept(job);
  const Ids payloads = {R"({"fine": 1})", "['a python list']", "[1, 2]", "null", ""};
  jobs.append(job, 0, payloads, true, kNow);
  Ids ids;
  for (std::size_t i = 0; i < payloads.size(); ++i) ids.push_back(dead_one());
  for (std::size_t i = 1; i < ids.size(); ++i) {
    try {
      revive({ids[0], ids[i]});
      ADD_FAILURE() << payloads[i];
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr(ids[i]));
    }
    EXPECT_EQ(record(ids[i]).closed, ClosedAs::dead);
    EXPECT_EQ(record(ids[i]).table, Table::closed);
    expect_sound();
  }
}

TEST_P(AdminContract, QueuedAndWaitingTasksCanBeCancelled) {
  const Ids ids = schedule(3);
  claim(1);
  postpone(ids[0], kNow + 60);
  EXPECT_THAT(cancel({ids[0], ids[2]}, kNow + 5), ElementsAre(true, true));
  for (const std::string& id : {ids[0], ids[2]}) {
    EXPECT_EQ(record(id).table, Table::closed);
    EXPECT_EQ(record(id).closed, ClosedAs::cancelled);
    EXPECT_EQ(record(id).closed_at, kNow + 5);
    EXPECT_FALSE(record(id).task.completed_at);
  }
  EXPECT_EQ(record(ids[0]).task.attempts, 1);
  EXPECT_FALSE(tasks.next_due());
  EXPECT_EQ(progress(*job_id_of(ids[0])).cancelled, 2);
  EXPECT_THAT(line(), ElementsAre(ids[1]));
}

TEST_P(AdminContract, RunningExpiredCompletedAndClosedTasksAreNotCancelled) {
  const Ids ids = schedule(6);
  claim(3, kNow, "1");
  report({.task_id = ids[1], .succeeded = false, .now = kNow, .attempt_timeout = kAttemptTimeout});
  close_as_dead(ids[2]);
  report({.task_id = ids[3], .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  settle({.task_id = ids[4], .now = kNow});
  cancel({ids[5]});
  Ids asked = ids;
  asked.push_back("no id at all");
  asked.push_back(task_id("00000000000000ff", 0));
  std::vector<std::string> before;
  for (const std::string& id : ids) before.push_back(described(record(id)));
  EXPECT_EQ(cancel(asked, kNow + 1), std::vector<bool>(8, false));
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(described(record(ids[i])), before[i]);
}

TEST_P(AdminContract, CancellingTwiceInOneCallCancelsOnce) {
  const std::string id = schedule_one();
  EXPECT_THAT(cancel({id, id}), ElementsAre(true, false));
  EXPECT_EQ(progress(*job_id_of(id)).cancelled, 1);
  EXPECT_THAT(cancel({}), IsEmpty());
  EXPECT_THAT(revive({}), IsEmpty());
}

}  // namespace
}  // namespace sosw
