// Lists of the tasks of a job that is too large to be looked through.

#include <gmock/gmock.h>

#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Table = TaskRecord::Table;
using ClosedAs = TaskRecord::Closed;

constexpr Time kListed(1'795'490'346.25);
constexpr int kTasks = 12'000;
constexpr const char* kLarge = "00000000000000bb";

/// A job of 12,000 tasks: 0 completed, 1 and 2 dead, 3 and 4 wait, 5 runs, the last one is cancelled. A small
/// job sorts before it, another one, of another labourer, behind it.
class LargeListsTest : public ::testing::Test {
 protected:
  LargeListsTest() {
    schedule(kLarge, "work", kTasks);
    schedule("00000000000000aa", "work", 2);
    schedule("00000000000000cc", "other", 1);
    const std::vector<Task> tasks = store_.claim({.labourer_id = "work",
                                                  .at_most = 6,
                                                  .limit = 100,
                                                  .now = kListed,
                                                  .attempt_timeout = 1200,
                                                  .token = "t"});
    settle(tasks[0], Settlement::To::completed);
    for (const int i : {1, 2}) settle(tasks[static_cast<std::size_t>(i)], Settlement::To::dead);
    for (const int i : {3, 4}) settle(tasks[static_cast<std::size_t>(i)], Settlement::To::retry);
    store_.cancel(std::vector{id(kTasks - 1)}, kListed);
  }
  void schedule(const std::string& job_id, const std::string& labourer, int tasks) {
    const Job job{.job_id = job_id,
                  .labourer_id = labourer,
                  .document = "{}",
                  .today = "2026-11-24",
                  .created_at = kListed};
    const std::vector<std::string> payloads(static_cast<std::size_t>(tasks), "{}");
    store_.accept_with_tasks(job, payloads, /*last=*/true, kListed);
  }
  void settle(const Task& task, Settlement::To to) {
    store_.settle(std::vector{Settlement{.task_id = task.task_id,
                                         .to = to,
                                         .seen = Settlement::Seen{invoked_greenfield(kListed), "t"},
                                         .now = kListed,
                                         .due = kListed + 60}});
  }
  std::vector<std::string> list(TaskFilter filter, std::size_t at_most = 3) {
    filter.at_most = at_most;
    std::vector<std::string> ids;
    for (const TaskRecord& record : store_.list(filter)) ids.push_back(record.task.task_id);
    return ids;
  }
  static std::string id(int index) { return task_id(kLarge, index); }

  SqliteStore store_{":memory:", SqliteStore::Open::create};
};

TEST_F(LargeListsTest, GoThroughTheJobsByTheirIds) {
  const std::string small = "00000000000000aa", other = "00000000000000cc";
  EXPECT_THAT(list({.table = Table::queue}, 4),
              ElementsAre(task_id(small, 0), task_id(small, 1), id(5), id(6)));
  EXPECT_THAT(list({.job_id = kLarge, .table = Table::queue}), ElementsAre(id(5), id(6), id(7)));
  EXPECT_THAT(list({.table = Table::queue, .after = id(6)}), ElementsAre(id(7), id(8), id(9)));
  EXPECT_THAT(list({.table = Table::queue, .after = id(kTasks - 3)}),
              ElementsAre(id(kTasks - 2), task_id(other, 0)));
  EXPECT_THAT(list({.labourer_id = "other", .table = Table::queue}), ElementsAre(task_id(other, 0)));
  EXPECT_EQ(list({.table = Table::queue}, 100'000).size(), 2U + kTasks - 6 + 1);
}

TEST_F(LargeListsTest, FindWhatIsLeftOfAJobThatIsNearlyDone) {
  std::vector<std::string> cancelled;
  for (int index = 6; index < kTasks - 3; ++index) cancelled.push_back(id(index));
  store_.cancel(cancelled, kListed);
  EXPECT_THAT(list({.job_id = kLarge, .table = Table::queue}),
              ElementsAre(id(5), id(kTasks - 3), id(kTasks - 2)));
  EXPECT_THAT(list({.job_id = kLarge, .table = Table::queue, .after = id(5)}, 1),
              ElementsAre(id(kTasks - 3)));
}

TEST_F(LargeListsTest, ShowWhatWaitsAndWhatIsClosed) {
  EXPECT_THAT(list({.table = Table::retry}), ElementsAre(id(3), id(4)));
  EXPECT_THAT(list({.table = Table::retry, .after = id(3)}), ElementsAre(id(4)));
  EXPECT_THAT(list({.table = Table::closed, .closed = ClosedAs::dead}), ElementsAre(id(1), id(2)));
  EXPECT_THAT(list({.table = Table::closed, .closed = ClosedAs::dead, .after = id(1)}), ElementsAre(id(2)));
  EXPECT_THAT(list({.table = Table::closed, .closed = ClosedAs::dead}, 1), ElementsAre(id(1)));
  EXPECT_THAT(list({.table = Table::closed, .closed = ClosedAs::cancelled}), ElementsAre(id(kTasks - 1)));
  EXPECT_THAT(list({.table = Table::closed, .closed = ClosedAs::completed}), ElementsAre(id(0)));
  EXPECT_THAT(list({.table = Table::closed}, 100), ElementsAre(id(0), id(1), id(2), id(kTasks - 1)));
  EXPECT_THAT(list({.labourer_id = "other", .table = Table::closed}), IsEmpty());
}

TEST_F(LargeListsTest, AreCountedWithoutLookingAtEachTask) {
  const TaskCounts counts = store_.count("work", kListed + 1, 1200);
  EXPECT_EQ(counts.queued, 2 + kTasks - 7);
  EXPECT_EQ(counts.running, 1);
  EXPECT_EQ(counts.waiting, 2);
  EXPECT_EQ(counts.expired, 0);
  EXPECT_EQ(counts.completed, 0);
  EXPECT_EQ(store_.count("other", kListed + 1, 1200).queued, 1);
  EXPECT_EQ(store_.count("nobody", kListed + 1, 1200).queued, 0);
}

}  // namespace
}  // namespace sosw
