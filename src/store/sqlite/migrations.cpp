#include "store/sqlite/migrations.h"

#include <array>

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

// One table holds the tasks of all three tables of SPEC 2, which users see as views: a move is then the
// change of one row, so that a task can't be in two tables or none (I1), and costs half of a delete and an
// insert. Its key is a number, job_number << 32 | index (see task_keys.h), not the task id that it
// represents: the life of a task costs a third less, because SQLite finds, moves and indexes numbers faster.
//
// The engine's frequent queries (next in the queue, running, due) have partial indexes of open tasks only, so
// that a closed task costs nothing any more. They also hold the columns of their own condition (in few bytes,
// since these are small constants), because SQLite otherwise reads the row of each task that it only counts.
//
// The document of a job can be megabytes; the columns that change with every batch of tasks are separate.
//
// An event row records one event of many tasks of a job at one time: thousands of tasks move at once, and a
// row each would double the work per task. A task's own history is found through the range of indexes that a
// row covers.
constexpr Migration kCreateEverything = R"(
CREATE TABLE tasks (
  task_key INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,            -- 0 queue, 1 waiting for a retry or its time, 2 closed
  labourer_id TEXT NOT NULL,
  priority INTEGER NOT NULL,         -- 0 high, 1 normal, 2 low
  created_at REAL NOT NULL,
  greenfield INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  payload TEXT NOT NULL,
  token TEXT NOT NULL DEFAULT '',
  invoked_at REAL,
  completed_at REAL,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  stats TEXT NOT NULL DEFAULT '',
  result TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  desired_launch_time REAL,          -- while waiting
  closed_at REAL,                    -- when closed
  closed_as TEXT                     -- completed, dead or cancelled
);
CREATE INDEX tasks_in_line ON tasks (labourer_id, greenfield, place, completed_at)
  WHERE place = 0 AND completed_at IS NULL;
CREATE INDEX tasks_completed ON tasks (labourer_id) WHERE place = 0 AND completed_at IS NOT NULL;
CREATE INDEX tasks_waiting ON tasks (labourer_id, desired_launch_time, place) WHERE place = 1;
CREATE INDEX tasks_given_up ON tasks (labourer_id, closed_as) WHERE closed_as <> 'completed';

CREATE TABLE jobs (
  job_number INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL UNIQUE,
  labourer_id TEXT NOT NULL,
  created_at REAL NOT NULL,
  priority TEXT NOT NULL,            -- high, normal or low
  run_at REAL,
  today TEXT NOT NULL,
  schema TEXT NOT NULL,
  on_complete TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (created_at);
CREATE INDEX jobs_by_labourer ON jobs (labourer_id);

CREATE TABLE job_progress (
  job_number INTEGER PRIMARY KEY,
  scheduled INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  completed INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  announce_after REAL                -- while on_complete is still to be called
);
CREATE INDEX jobs_unfinished ON job_progress (job_number) WHERE total IS NULL;
CREATE INDEX jobs_to_announce ON job_progress (job_number) WHERE announce_after IS NOT NULL;

CREATE TABLE sosw_labourers (        -- every labourer that ever had a job or a control
  labourer_id TEXT PRIMARY KEY,
  paused INTEGER NOT NULL DEFAULT 0,
  "limit" INTEGER
) WITHOUT ROWID;

CREATE TABLE events (
  event_id INTEGER PRIMARY KEY,
  created_at REAL NOT NULL,
  action TEXT NOT NULL,
  labourer_id TEXT NOT NULL,
  author TEXT NOT NULL,
  invocation_id TEXT,
  log_stream_name TEXT,
  details TEXT NOT NULL,
  job_number INTEGER NOT NULL,
  first INTEGER NOT NULL,            -- smallest of places
  last INTEGER NOT NULL,             -- largest of places
  places TEXT NOT NULL               -- JSON array: which tasks of the job
);
CREATE INDEX events_by_task ON events (job_number, first, last);

CREATE VIEW sosw_tasks AS
  SELECT job_id || printf('%016x', task_key & 0xffffffff) AS task_id, tasks.labourer_id, tasks.created_at,
         greenfield, attempts, payload, completed_at, failed_attempts, stats, result, reason, token,
         invoked_at
  FROM tasks CROSS JOIN jobs ON job_number = task_key >> 32 WHERE place = 0;
CREATE VIEW sosw_retry_tasks AS
  SELECT tasks.labourer_id, job_id || printf('%016x', task_key & 0xffffffff) AS task_id,
         desired_launch_time, tasks.created_at, attempts, payload, failed_attempts, stats, result, reason,
         jobs.priority
  FROM tasks CROSS JOIN jobs ON job_number = task_key >> 32 WHERE place = 1;
CREATE VIEW sosw_closed_tasks AS
  SELECT job_id || printf('%016x', task_key & 0xffffffff) AS task_id, tasks.labourer_id,
         tasks.labourer_id || iif(closed_as = 'completed', '_1', '_0') AS labourer_id_task_status, closed_as,
         closed_at, completed_at, tasks.created_at, greenfield, attempts, payload, failed_attempts, stats,
         result, reason
  FROM tasks CROSS JOIN jobs ON job_number = task_key >> 32 WHERE place = 2;
CREATE VIEW sosw_tasks_meta AS
  SELECT job_id || printf('%016x', place.value) AS task_id, events.created_at, action, events.labourer_id,
         author, invocation_id, log_stream_name, details
  FROM events CROSS JOIN jobs USING (job_number) CROSS JOIN json_each(events.places) AS place;
CREATE VIEW sosw_jobs AS
  SELECT job_id, labourer_id, created_at, priority, run_at, scheduled, total, completed, dead, cancelled,
         announce_after, today, schema, on_complete, document
  FROM jobs JOIN job_progress USING (job_number);
)";

constexpr Migration kCreateRules = R"(
CREATE TABLE sosw_rules (            -- those that the last engine with rules had
  name TEXT PRIMARY KEY,
  timing TEXT NOT NULL,              -- schedule and time zone
  since REAL NOT NULL,               -- first seen with this timing
  considered REAL NOT NULL           -- what was due until then has its job or was skipped
) WITHOUT ROWID;
)";

constexpr std::array kMigrations = {kCreateEverything, kCreateRules};

int number(SQLite::Database& database, const char* sql) { return database.execAndGet(sql).getInt(); }

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

void identify(SQLite::Database& database, const std::string& path, SqliteStore::Open mode) {
  const int known = static_cast<int>(migrations().size());
  const int version = number(database, "PRAGMA user_version");
  const bool empty = number(database, "SELECT count(*) FROM sqlite_master") == 0;
  const bool ours = number(database, "PRAGMA application_id") == kApplicationId;
  if (!ours && (!empty || version != 0))
    throw StoreError(fmt::format("{} is a database of another program; name another file", path));
  if (!ours && mode != SqliteStore::Open::create)
    throw StoreError(fmt::format("{} is empty, not a store; check the path of the store", path));
  if (version > known)
    throw StoreError(fmt::format(
        "{} was written by a newer sosw (format {}, this program knows up to {}); update this program", path,
        version, known));
  if (ours && version < known && mode == SqliteStore::Open::read_only)
    throw StoreError(
        fmt::format("{} was written by an older sosw (format {}); open it once with a command that writes",
                    path, version));
}

void migrate(SQLite::Database& database, const std::string& path, std::span<const Migration> steps) {
  const int wanted = static_cast<int>(steps.size());
  while (number(database, "PRAGMA user_version") < wanted) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = number(database, "PRAGMA user_version");  // another process may have been faster
    if (version >= wanted) return;
    try {
      database.exec(steps[static_cast<std::size_t>(version)]);
    } catch (const SQLite::Exception& error) {
      throw StoreError(fmt::format("{}: bringing it from format {} to {} failed ({}); nothing was changed",
                                   path, version, version + 1, error.what()));
    }
    database.exec(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version + 1));
    transaction.commit();
  }
}

}  // namespace sosw
