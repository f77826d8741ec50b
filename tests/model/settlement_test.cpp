#include "sosw/model/settlement.h"

#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"

namespace sosw {
namespace {

using Closed = TaskRecord::Closed;
using Table = TaskRecord::Table;
using To = Settlement::To;

constexpr Time kNow{1'795'490'346.75};

TaskRecord running() {
  return {.task = {.greenfield = invoked_greenfield(kNow - 60),
                   .attempts = 1,
                   .token = "1",
                   .invoked_at = kNow - 60,
                   .stats = "s",
                   .result = "r",
                   .reason = "why"}};
}

TaskRecord completed() {
  TaskRecord record = running();
  record.task.completed_at = kNow - 1;
  return record;
}

Settlement to(To to, bool as_seen = true) {
  Settlement settlement{.to = to, .now = kNow, .due = kNow + 60};
  if (as_seen) settlement.seen = {running().task.greenfield, running().task.token};
  return settlement;
}

TEST(Settlements, ApplyToWhatIsStillAsItWasSeen) {
  for (const To end : {To::completed, To::dead, To::retry}) {
    EXPECT_TRUE(applies(to(end), running()));
    TaskRecord other = running();
    other.task.token = "2";
    EXPECT_FALSE(applies(to(end), other));
    other = running();
    --other.task.greenfield;
    EXPECT_FALSE(applies(to(end), other));
    EXPECT_FALSE(applies(to(end), waiting_until(kNow, running())));
  }
}

TEST(Settlements, OnlyACompletionNeedsNotHaveBeenSeen) {
  EXPECT_TRUE(applies(to(To::completed, false), running()));
  EXPECT_TRUE(applies(to(To::completed, false), waiting_until(kNow, running())));
  EXPECT_FALSE(applies(to(To::dead, false), running()));
  EXPECT_FALSE(applies(to(To::retry, false), running()));
}

TEST(Settlements, ACompletedTaskIsOnlyArchived) {
  EXPECT_TRUE(applies(to(To::completed), completed()));
  EXPECT_FALSE(applies(to(To::dead), completed()));
  EXPECT_FALSE(applies(to(To::retry), completed()));
}

TEST(Settlements, AClosedTaskStaysClosed) {
  for (const Closed as : {Closed::completed, Closed::dead, Closed::cancelled})
    for (const To end : {To::completed, To::dead, To::retry})
      for (const bool as_seen : {true, false})
        EXPECT_FALSE(applies(to(end, as_seen), closed_as(running(), as, kNow)));
}

TEST(AfterASettlement, ATaskIsInOneTable) {
  const TaskRecord done = after_settlement(to(To::completed, false), waiting_until(kNow, running()));
  EXPECT_EQ(done.table, Table::closed);
  EXPECT_EQ(done.closed, Closed::completed);
  EXPECT_EQ(done.closed_at, kNow);
  EXPECT_FALSE(done.due);
  const TaskRecord dead = after_settlement(to(To::dead), running());
  EXPECT_EQ(dead.table, Table::closed);
  EXPECT_EQ(dead.closed, Closed::dead);
  EXPECT_FALSE(dead.task.completed_at);
  const TaskRecord again = after_settlement(to(To::retry), running());
  EXPECT_EQ(again.table, Table::retry);
  EXPECT_EQ(again.due, kNow + 60);
  EXPECT_FALSE(again.closed_at);
  EXPECT_EQ(again.task.attempts, 1);
}

TEST(AfterASettlement, ACompletionIsAsOldAsItsReport) {
  EXPECT_EQ(after_settlement(to(To::completed), running()).task.completed_at, kNow);
  EXPECT_EQ(after_settlement(to(To::completed), completed()).task.completed_at, kNow - 1);
}

TEST(AfterASettlement, EmptyTextsKeepWhatIsThere) {
  for (const To end : {To::completed, To::dead, To::retry}) {
    const Task kept = after_settlement(to(end), running()).task;
    EXPECT_EQ(kept.stats + kept.result + kept.reason, "srwhy");
    Settlement words = to(end);
    words.stats = "1";
    words.result = "2";
    words.reason = "3";
    const Task told = after_settlement(words, running()).task;
    EXPECT_EQ(told.stats + told.result + told.reason, "123");
  }
}

}  // namespace
}  // namespace sosw
