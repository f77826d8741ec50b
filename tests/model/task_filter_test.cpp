#include "sosw/model/task_filter.h"

#include <gtest/gtest.h>

#include "sosw/model/task_id.h"

namespace sosw {
namespace {

using Closed = TaskRecord::Closed;
using Table = TaskRecord::Table;

const std::string kJob = "00000000000000aa";

TaskRecord queued(std::int64_t index = 0) {
  return {.task = {.task_id = task_id(kJob, index), .labourer_id = "a"}};
}
TaskRecord dead() { return closed_as(queued(), Closed::dead, Time(1)); }

TEST(TaskFilters, WithoutAWishMatchEverything) {
  for (const TaskRecord& record : {queued(), waiting_until(Time(1), queued()), dead()})
    EXPECT_TRUE(matches({}, record));
}

TEST(TaskFilters, MatchWhatAllTheirWishesName) {
  EXPECT_TRUE(matches({.labourer_id = "a", .job_id = kJob, .table = Table::queue}, queued()));
  EXPECT_FALSE(matches({.labourer_id = "b"}, queued()));
  EXPECT_FALSE(matches({.job_id = "00000000000000ab"}, queued()));
  EXPECT_FALSE(matches({.job_id = kJob.substr(0, 15)}, queued())) << "an id is whole";
  EXPECT_FALSE(matches({.table = Table::retry}, queued()));
  EXPECT_FALSE(matches({.after = task_id(kJob, 0)}, queued()));
  EXPECT_TRUE(matches({.after = task_id(kJob, 0)}, queued(1)));
}

TEST(TaskFilters, HowATaskWasClosedIsOnlyAskedOfClosedOnes) {
  for (const auto table :
       {std::optional<Table>(), std::optional(Table::closed), std::optional(Table::queue)}) {
    const TaskFilter filter{.table = table, .closed = Closed::dead};
    EXPECT_TRUE(matches(filter, dead()));
    EXPECT_FALSE(matches(filter, queued()));
    EXPECT_FALSE(matches(filter, closed_as(queued(), Closed::cancelled, Time(1))));
    EXPECT_FALSE(looks_in(filter, Table::queue));
    EXPECT_TRUE(looks_in(filter, Table::closed));
  }
}

TEST(TaskLists, AreInTheOrderOfTablesThenIds) {
  EXPECT_TRUE(is_listed_before(queued(0), queued(1)));
  EXPECT_TRUE(is_listed_before(queued(1), waiting_until(Time(1), queued(0))));
  EXPECT_TRUE(is_listed_before(waiting_until(Time(1), queued(1)), dead()));
  EXPECT_FALSE(is_listed_before(queued(0), queued(0)));
}

}  // namespace
}  // namespace sosw
