// A job's tasks as a picture.

#include <gmock/gmock.h>

#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr Time kNow(1'795'490'346.25);

class CellsTest : public ::testing::Test {
 protected:
  void schedule(int tasks, const std::string& id = "00000000000000aa") {
    const Job job{
        .job_id = id, .labourer_id = "work", .document = "{}", .today = "2026-11-24", .created_at = kNow};
    const std::vector<std::string> payloads(static_cast<std::size_t>(tasks), "{}");
    store_.accept_with_tasks(job, payloads, /*last=*/true, kNow);
  }
  std::vector<Task> start(int count) {
    return store_.claim({.labourer_id = "work",
                         .at_most = count,
                         .limit = 1'000'000,
                         .now = kNow,
                         .attempt_timeout = 1200,
                         .token = "t"});
  }
  void settle(const std::vector<Task>& tasks, std::size_t from, std::size_t to, Settlement::To where) {
    std::vector<Settlement> moves;
    for (std::size_t i = from; i < to; ++i)
      moves.push_back({.task_id = tasks[i].task_id,
                       .to = where,
                       .seen = Settlement::Seen{invoked_greenfield(kNow), "t"},
                       .now = kNow,
                       .due = kNow + 60});
    store_.settle(moves);
  }
  JobCells cells(std::size_t at_most, const std::string& id = "00000000000000aa") {
    return store_.cells(id, at_most, kNow + 1).value();
  }
  static JobCells::Cell sum(const JobCells& all) {
    JobCells::Cell total;
    for (const JobCells::Cell& cell : all.cells) {
      total.queued += cell.queued;
      total.running += cell.running;
      total.waiting += cell.waiting;
      total.completed += cell.completed;
      total.dead += cell.dead;
      total.cancelled += cell.cancelled;
    }
    return total;
  }

  SqliteStore store_{":memory:", SqliteStore::Open::create};
};

TEST_F(CellsTest, OfASmallJobEachTaskIsCounted) {
  schedule(10);
  const std::vector<Task> tasks = start(5);
  settle(tasks, 0, 2, Settlement::To::completed);
  settle(tasks, 2, 3, Settlement::To::dead);
  settle(tasks, 3, 4, Settlement::To::retry);
  store_.cancel(std::vector{task_id("00000000000000aa", 9)}, kNow);
  const JobCells seen = cells(5);
  EXPECT_TRUE(seen.exact);
  EXPECT_EQ(seen.tasks, 10);
  EXPECT_EQ(seen.cell_size, 2);
  ASSERT_EQ(seen.cells.size(), 5U);
  EXPECT_EQ(seen.cells[0].completed, 2);
  EXPECT_EQ(seen.cells[1].dead, 1);
  EXPECT_EQ(seen.cells[1].waiting, 1);
  EXPECT_EQ(seen.cells[2].running, 1);
  EXPECT_EQ(seen.cells[2].queued, 1);
  EXPECT_EQ(seen.cells[3].queued, 2);
  EXPECT_EQ(seen.cells[4].cancelled, 1);
  EXPECT_EQ(cells(1000).cells.size(), 10U) << "never more than tasks";
  EXPECT_FALSE(store_.cells("00000000000000bb", 5, kNow));
}

TEST_F(CellsTest, OfALargeJobTheRareOnesAreExactAndTheRestAddsUp) {
  constexpr int kTasks = 20'000;
  schedule(7, "00000000000000bb");
  schedule(kTasks);
  const std::vector<Task> tasks = start(7 + 10'010);
  settle(tasks, 7, 10'007, Settlement::To::completed);
  settle(tasks, 0, 7, Settlement::To::dead);  // of the other job
  store_.cancel(std::vector{task_id("00000000000000aa", kTasks - 1)}, kNow);
  const JobCells seen = cells(99);
  EXPECT_FALSE(seen.exact);
  EXPECT_LE(seen.cells.size(), 99U);
  const JobCells::Cell total = sum(seen);
  EXPECT_EQ(total.running, 10);
  EXPECT_EQ(total.cancelled, 1);
  EXPECT_EQ(total.dead, 0);
  EXPECT_EQ(total.queued + total.running + total.waiting + total.completed + total.cancelled, kTasks);
  EXPECT_EQ(seen.cells.front().completed, seen.cell_size);
  EXPECT_EQ(seen.cells[70].queued, seen.cell_size);
  EXPECT_NEAR(static_cast<double>(total.completed), 10'000, 200);
  EXPECT_EQ(seen.cells.back().cancelled, 1);
}

TEST_F(CellsTest, OfALargeJobAFewDeadOnesAreSeen) {
  schedule(9'000);
  const std::vector<Task> tasks = start(9'000);
  settle(tasks, 0, 4'000, Settlement::To::completed);
  settle(tasks, 4'000, 4'001, Settlement::To::dead);
  settle(tasks, 4'001, 9'000, Settlement::To::completed);
  const JobCells seen = cells(100);
  EXPECT_EQ(seen.cells[44].dead, 1);
  EXPECT_EQ(seen.cells[44].completed, 89);
  EXPECT_EQ(sum(seen).dead, 1);
  EXPECT_EQ(sum(seen).completed, 8'999);
}

}  // namespace
}  // namespace sosw
