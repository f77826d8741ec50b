#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time kRecorded{1'795'490'346.25};

class EventLogTest : public ::testing::Test {
 protected:
  EventLogTest() {
    for (const char* id : {"abcd000000000001", "abcd000000000002"}) {
      Job job;
      job.job_id = id;
      job.labourer_id = "worker";
      store_.accept(job);
      store_.append(job, 0, std::vector<std::string>(100, "{}"), true, kRecorded);
    }
  }

  static TaskEvent event(int job, std::int64_t index, TaskAction action, Time at = kRecorded,
                         std::string details = "") {
    return {task_id(job == 1 ? "abcd000000000001" : "abcd000000000002", index), "worker", action, at,
            std::move(details)};
  }
  void record(const std::vector<TaskEvent>& events) { log_.record(events); }

  /// "created, invoked {...}, ..."
  std::vector<std::string> history(int job, std::int64_t index) {
    std::vector<std::string> story;
    for (const TaskEvent& one : store_.history(event(job, index, TaskAction::created).task_id)) {
      EXPECT_EQ(one.task_id, event(job, index, TaskAction::created).task_id);
      EXPECT_EQ(one.labourer_id, "worker");
      story.push_back(std::string(to_string(one.action)) + (one.details.empty() ? "" : " " + one.details));
    }
    return story;
  }
  std::int64_t rows() {
    return SQLite::Database((folder_.path / "store.db").string())
        .execAndGet("SELECT count(*) FROM events")
        .getInt64();
  }

  TemporaryFolder folder_;
  SqliteStore store_{folder_.path / "store.db", SqliteStore::Open::create};
  SqliteEventLog log_{store_, "event_log_test"};
};

TEST_F(EventLogTest, ATaskHasItsOwnHistoryInOrder) {
  record({event(1, 0, TaskAction::created), event(1, 1, TaskAction::created)});
  record({event(1, 0, TaskAction::invoked, kRecorded + 1)});
  record({event(1, 0, TaskAction::failed, kRecorded + 2, R"({"reason": "no"})"),
          event(1, 0, TaskAction::scheduled_for_retry, kRecorded + 2, R"({"reason": "no"})")});
  EXPECT_THAT(history(1, 0), ElementsAre("created", "invoked", R"(failed {"reason": "no"})",
                                         R"(scheduled_for_retry {"reason": "no"})"));
  EXPECT_THAT(history(1, 1), ElementsAre("created"));
  EXPECT_THAT(history(1, 2), IsEmpty());
  EXPECT_THAT(history(2, 0), IsEmpty());
}

TEST_F(EventLogTest, EventsRecordedLateAreSortedByTheirTime) {
  record({event(1, 0, TaskAction::invoked, kRecorded + 1)});
  record({event(1, 0, TaskAction::created, kRecorded)});
  EXPECT_THAT(history(1, 0), ElementsAre("created", "invoked"));
}

TEST_F(EventLogTest, EventsThatDifferOnlyInTheTaskShareARow) {
  std::vector<TaskEvent> events;
  for (std::int64_t index = 99; index >= 0; index -= 3) {  // backwards, with gaps
    events.push_back(event(1, index, TaskAction::completed, kRecorded + 5));
    events.push_back(event(1, index, TaskAction::archived, kRecorded + 5));
    events.push_back(event(2, index, TaskAction::invoked, kRecorded + 5));
  }
  record(events);
  EXPECT_EQ(rows(), 3);
  EXPECT_THAT(history(1, 0), ElementsAre("completed", "archived"));
  EXPECT_THAT(history(1, 99), ElementsAre("completed", "archived"));
  EXPECT_THAT(history(1, 50), IsEmpty()) << "it lies between the first and the last, but is not among them";
  EXPECT_THAT(history(1, 51), ElementsAre("completed", "archived"));
  EXPECT_THAT(history(2, 51), ElementsAre("invoked"));
}

TEST_F(EventLogTest, EventsThatDifferInAnythingElseDoNot) {
  record({event(1, 0, TaskAction::failed, kRecorded, R"({"reason": "a"})"),
          event(1, 1, TaskAction::failed, kRecorded, R"({"reason": "b"})"),
          event(1, 2, TaskAction::failed, kRecorded + 1, R"({"reason": "a"})"),
          event(1, 3, TaskAction::invoked, kRecorded, R"({"reason": "a"})")});
  EXPECT_EQ(rows(), 4);
  EXPECT_THAT(history(1, 1), ElementsAre(R"(failed {"reason": "b"})"));
}

TEST_F(EventLogTest, EveryActionComesBack) {
  std::vector<std::string> expected;
  for (const TaskAction action :
       {TaskAction::created, TaskAction::invoked, TaskAction::completed, TaskAction::failed,
        TaskAction::marked_as_completed, TaskAction::marked_as_failed, TaskAction::archived,
        TaskAction::archived_dead, TaskAction::scheduled_for_retry, TaskAction::ready_for_retry}) {
    record({event(1, 0, action, kRecorded + static_cast<double>(expected.size()))});
    expected.emplace_back(to_string(action));
  }
  EXPECT_EQ(history(1, 0), expected);
}

TEST_F(EventLogTest, AnEventOfAnUnknownTaskIsLostAndTheOthersAreNot) {
  record({event(1, 0, TaskAction::created),
          {"no id at all", "worker", TaskAction::created, kRecorded, ""},
          {task_id("00000000000000ff", 0), "worker", TaskAction::created, kRecorded, ""},
          event(1, 1, TaskAction::created)});
  EXPECT_THAT(history(1, 0), ElementsAre("created"));
  EXPECT_THAT(history(1, 1), ElementsAre("created"));
  record({});
}

TEST_F(EventLogTest, AFailingLogLosesItsEventsAndNeverThrows) {
  SQLite::Database tool((folder_.path / "store.db").string(), SQLite::OPEN_READWRITE);
  tool.exec("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'the disk is full'); END");
  EXPECT_NO_THROW(record({event(1, 0, TaskAction::created)}));
  tool.exec("DROP TRIGGER full");
  record({event(1, 0, TaskAction::invoked)});
  EXPECT_THAT(history(1, 0), ElementsAre("invoked"));
}

TEST_F(EventLogTest, AReadOnlyStoreKeepsNoEvents) {
  SqliteStore reader(folder_.path / "store.db", SqliteStore::Open::read_only);
  SqliteEventLog log(reader, "reader");
  const std::vector<TaskEvent> events = {event(1, 0, TaskAction::created)};
  EXPECT_NO_THROW(log.record(events));
  EXPECT_THAT(history(1, 0), IsEmpty());
}

}  // namespace
}  // namespace sosw
