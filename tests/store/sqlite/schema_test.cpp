// What people find who look into the file with the sqlite3 tool.

#include <set>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

constexpr Time kWritten{1'795'490'346.25};

/// A store with a task in each place: 0 queued, 1 running, 2 waiting, 3 completed, 4 dead, 5 cancelled.
class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() {
    Job job;
    job.job_id = "abcd000000000001";
    job.labourer_id = "worker";
    job.created_at = kWritten;
    job.document = R"({"lambda_name": "worker"})";
    store_.accept(job);
    const std::vector<std::string> payloads(6, "{\"text\": \"\xF0\x9F\x9A\x80\", \"number\": 17}");
    store_.append(job, 0, payloads, true, kWritten);
    const auto claimed = store_.claim({"worker", 5, 100, kWritten, 1200, "token"});
    store_.release(std::span(claimed).first(1));
    const Settlement::Seen seen = {invoked_greenfield(kWritten), "token"};
    const std::vector<Settlement> moves = {
        {.task_id = id(2),
         .to = Settlement::To::retry,
         .seen = seen,
         .now = kWritten,
         .due = kWritten + 60.5},
        {.task_id = id(3), .now = kWritten + 1},
        {.task_id = id(4), .to = Settlement::To::dead, .seen = seen, .now = kWritten + 2, .reason = "no"}};
    store_.settle(moves);
    store_.cancel(std::vector{id(5)}, kWritten + 3);
    SqliteEventLog log(store_, "schema_test");
    const std::vector<TaskEvent> events = {{id(0), "worker", TaskAction::created, kWritten, R"({"a": 1})"},
                                           {id(1), "worker", TaskAction::created, kWritten, R"({"a": 1})"}};
    log.record(events);
  }

  static std::string id(std::int64_t index) { return task_id("abcd000000000001", index); }

  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> all;
    for (SQLite::Statement query(tool_, sql); query.executeStep();) {
      std::string& row = all.emplace_back(query.getColumn(0).getString());
      for (int i = 1; i < query.getColumnCount(); ++i) row.append("|").append(query.getColumn(i).getString());
    }
    return all;
  }
  std::set<std::string> columns(const std::string& view) {
    std::set<std::string> names;
    for (SQLite::Statement query(tool_, "SELECT name FROM pragma_table_info('" + view + "')");
         query.executeStep();)
      names.insert(query.getColumn(0).getString());
    return names;
  }

  TemporaryFolder folder_;
  SqliteStore store_{folder_.path / "store.db", SqliteStore::Open::create};
  SQLite::Database tool_{(folder_.path / "store.db").string(), SQLite::OPEN_READONLY};
};

TEST_F(SchemaTest, TheViewsHaveTheColumnsThatPeopleKnow) {
  EXPECT_THAT(columns("sosw_tasks"),
              IsSupersetOf({"task_id", "labourer_id", "created_at", "greenfield", "attempts", "payload",
                            "completed_at", "failed_attempts"}));
  EXPECT_THAT(columns("sosw_retry_tasks"), IsSupersetOf({"labourer_id", "task_id", "desired_launch_time",
                                                         "created_at", "attempts", "payload"}));
  EXPECT_THAT(columns("sosw_closed_tasks"),
              IsSupersetOf({"task_id", "labourer_id_task_status", "closed_at", "completed_at", "greenfield",
                            "attempts", "payload", "labourer_id"}));
  EXPECT_THAT(columns("sosw_tasks_meta"), IsSupersetOf({"task_id", "created_at", "author", "invocation_id",
                                                        "log_stream_name", "action"}));
}

TEST_F(SchemaTest, EachTaskIsInTheViewOfItsTable) {
  EXPECT_THAT(rows("SELECT task_id FROM sosw_tasks ORDER BY task_id"), ElementsAre(id(0), id(1)));
  EXPECT_THAT(rows("SELECT task_id FROM sosw_retry_tasks"), ElementsAre(id(2)));
  EXPECT_THAT(rows("SELECT task_id FROM sosw_closed_tasks ORDER BY task_id"),
              ElementsAre(id(3), id(4), id(5)));
}

TEST_F(SchemaTest, TimesAreNumbersAndPayloadsAreText) {
  EXPECT_THAT(
      rows("SELECT task_id, labourer_id, created_at, greenfield, attempts, token, typeof(created_at), "
           "typeof(greenfield), typeof(payload) FROM sosw_tasks WHERE token <> ''"),
      ElementsAre(id(1) + "|worker|1795490346.25|1827047946|1|token|real|integer|text"));
  EXPECT_THAT(rows("SELECT DISTINCT payload FROM sosw_tasks"),
              ElementsAre("{\"text\": \"\xF0\x9F\x9A\x80\", \"number\": 17}"));
  EXPECT_THAT(rows("SELECT desired_launch_time, attempts, typeof(desired_launch_time), priority "
                   "FROM sosw_retry_tasks"),
              ElementsAre("1795490406.75|1|real|normal"));
}

TEST_F(SchemaTest, ClosedTasksSayHowAndWhen) {
  EXPECT_THAT(rows("SELECT labourer_id_task_status, closed_as, closed_at, completed_at, attempts, reason "
                   "FROM sosw_closed_tasks ORDER BY task_id"),
              ElementsAre("worker_1|completed|1795490347.25|1795490347.25|1|",
                          "worker_0|dead|1795490348.25||1|no", "worker_0|cancelled|1795490349.25||0|"));
  EXPECT_THAT(rows("SELECT count(*) FROM sosw_closed_tasks WHERE greenfield IS NULL OR attempts IS NULL"),
              ElementsAre("0"))
      << "others who read such tables need both";
}

TEST_F(SchemaTest, EventsAreARowForEachTask) {
  EXPECT_THAT(rows("SELECT task_id, action, author, labourer_id, created_at, details FROM sosw_tasks_meta "
                   "ORDER BY task_id"),
              ElementsAre(id(0) + R"(|created|schema_test|worker|1795490346.25|{"a": 1})",
                          id(1) + R"(|created|schema_test|worker|1795490346.25|{"a": 1})"));
}

TEST_F(SchemaTest, JobsShowTheirProgress) {
  EXPECT_THAT(
      rows("SELECT job_id, labourer_id, priority, scheduled, total, completed, dead, cancelled, document "
           "FROM sosw_jobs"),
      ElementsAre(R"(abcd000000000001|worker|normal|6|6|1|1|1|{"lambda_name": "worker"})"));
}

}  // namespace
}  // namespace sosw
