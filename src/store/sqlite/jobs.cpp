// JobStore.

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "store/sqlite/cancel_task.h"
#include "store/sqlite/closed_counts.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/queue_positions.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

using Durability = SqliteConnection::Durability;

constexpr std::int64_t kCancelledAtOnce = 10'000;

constexpr char kByJobId[] = "WHERE job_id = ?1";
constexpr char kUnfinished[] = R"(WHERE job_number IN (
    SELECT job_number FROM job_progress INDEXED BY jobs_unfinished WHERE total IS NULL)
  ORDER BY created_at, job_id)";
constexpr char kNewestFirst[] = "ORDER BY created_at DESC, job_id DESC LIMIT ?1";
// The document, which may be megabytes, is read last, and only where it is searched.
constexpr char kFiltered[] = R"(WHERE job_number IN (
    SELECT job_number FROM jobs INDEXED BY jobs_by_time
    WHERE created_at >= ?1 AND created_at < ?2
          AND (?3 = '' OR (created_at, job_id) < (SELECT created_at, job_id FROM jobs WHERE job_id = ?3))
    ORDER BY created_at DESC, job_id DESC LIMIT ?4)
  AND (?5 = '' OR labourer_id = ?5)
  AND CASE ?6 WHEN 1 THEN total IS NULL OR total > completed + dead + cancelled
              WHEN 2 THEN total = completed + dead + cancelled
              WHEN 3 THEN dead > 0 ELSE 1 END
  AND (?7 = '' OR substr(job_id, 1, length(?7)) = ?7 OR instr(document, ?7) > 0)
  ORDER BY created_at DESC, job_id DESC LIMIT ?8)";
constexpr char kInsertJob[] = R"(
  INSERT INTO jobs (job_id, labourer_id, created_at, priority, run_at, today, schema, on_complete, document)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))";
constexpr char kInsertProgress[] =
    "INSERT INTO job_progress (job_number, announce_after) VALUES (?1, iif(?2 = '', NULL, 0))";
constexpr char kInsertLabourer[] = "INSERT OR IGNORE INTO sosw_labourers (labourer_id) VALUES (?1)";
constexpr char kCursor[] = R"(
  SELECT job_number, scheduled, total FROM jobs JOIN job_progress USING (job_number) WHERE job_id = ?1)";
constexpr char kMoveCursor[] = "UPDATE job_progress SET scheduled = ?2, total = ?3 WHERE job_number = ?1";
constexpr char kInsertTask[] = R"(
  INSERT INTO tasks (task_key, place, labourer_id, priority, created_at, greenfield, payload,
                     desired_launch_time)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(?2 = 1, ?8, NULL)))";
constexpr char kToNotify[] = R"(WHERE job_number IN (
    SELECT job_number FROM job_progress INDEXED BY jobs_to_announce
    WHERE announce_after <= ?1 AND total = completed + dead + cancelled)
  ORDER BY job_id LIMIT ?2)";
constexpr char kNotifyAfter[] = R"(
  UPDATE job_progress SET announce_after = ?2
  WHERE job_number = (SELECT job_number FROM jobs WHERE job_id = ?1))";

struct Cursor {
  std::int64_t job_number;
  JobProgress progress;  ///< how much of it is written
};

/// nullopt when the job is unknown.
std::optional<Cursor> cursor_of(SqliteConnection& db, const std::string& job_id) {
  Query query = db.query(kCursor);
  if (!query.start(job_id).next()) return std::nullopt;
  return Cursor{query.integer(0), {.scheduled = query.integer(1), .total = query.maybe_integer(2)}};
}

void move_cursor(SqliteConnection& db, const Cursor& cursor) {
  db.query(kMoveCursor).run(cursor.job_number, cursor.progress.scheduled, cursor.progress.total);
}

/// Returns its progress after that.
JobProgress insert_tasks(SqliteConnection& db, const Job& job, Cursor cursor,
                         std::span<const std::string> payloads, bool last, Time now) {
  TaskKey key{cursor.job_number, cursor.progress.scheduled};
  cursor.progress.append(std::ssize(payloads), last);
  if (cursor.progress.scheduled > TaskKey::kLastIndex)
    throw StoreError(fmt::format("job {} has more than {} tasks; split it", job.job_id, TaskKey::kLastIndex));
  const bool waits = begins_later(job, now);
  const Time due = job.run_at.value_or(Time());
  QueuePositions queue_positions(db, job.labourer_id, job.priority);
  Query insert = db.query(kInsertTask);
  for (const std::string& payload : payloads) {
    insert.run(key.number(), waits ? 1 : 0, job.labourer_id, static_cast<int>(job.priority), now,
               waits ? 0 : queue_positions.reserve_end(), payload, due);
    ++key.index;
  }
  move_cursor(db, cursor);
  return cursor.progress;
}

/// Returns its number.
std::int64_t insert_job(SqliteConnection& db, const Job& job) {
  db.query(kInsertJob)
      .run(job.job_id, job.labourer_id, job.created_at, std::string(to_string(job.priority)), job.run_at,
           job.today, job.schema, job.on_complete, job.document);
  const std::int64_t number = db.database().getLastInsertRowid();
  if (number > TaskKey::kLastJob)
    throw StoreError("the store holds as many jobs as it can; start a new file");
  db.query(kInsertProgress).run(number, job.on_complete);
  db.query(kInsertLabourer).run(job.labourer_id);
  return number;
}

std::optional<Job> stored_job(SqliteConnection& db, const std::string& job_id) {
  Query query = select_jobs(db, kByJobId);
  if (!query.start(job_id).next()) return std::nullopt;
  return job_from(query);
}

}  // namespace

Job SqliteStore::accept(const Job& job) {
  return db_->write(Durability::power, [&] {
    if (const auto known = stored_job(*db_, job.job_id)) return *known;
    insert_job(*db_, job);
    Job stored = job;
    stored.progress = {};
    return stored;
  });
}

AcceptedJob SqliteStore::accept_with_tasks(const Job& job, std::span<const std::string> payloads, bool last,
                                           Time now) {
  return db_->write(Durability::power, [&]() -> AcceptedJob {
    if (const auto known = stored_job(*db_, job.job_id)) return {*known};
    AcceptedJob stored{job, true};
    stored.progress = insert_tasks(*db_, job, {insert_job(*db_, job), {}}, payloads, last, now);
    return stored;
  });
}

std::int64_t SqliteStore::append(const Job& job, std::int64_t first_index,
                                 std::span<const std::string> payloads, bool last, Time now) {
  return db_->write(Durability::power, [&] {
    const auto cursor = cursor_of(*db_, job.job_id);
    if (!cursor) throw StoreError(fmt::format("job {} was never accepted by this store", job.job_id));
    if (!cursor->progress.can_append_at(first_index)) return cursor->progress.scheduled;
    return insert_tasks(*db_, job, *cursor, payloads, last, now).scheduled;
  });
}

std::vector<Job> SqliteStore::unfinished() {
  return db_->read([&] {
    Query query = select_jobs(*db_, kUnfinished);
    return jobs_from(query.start());
  });
}

std::optional<Job> SqliteStore::find_job(const std::string& job_id) {
  return db_->read([&] { return stored_job(*db_, job_id); });
}

std::vector<Job> SqliteStore::list_jobs(std::size_t at_most) {
  return db_->read([&] {
    Query query = select_jobs(*db_, kNewestFirst);
    return jobs_from(query.start(limit_of(at_most)));
  });
}

std::vector<Job> SqliteStore::find_jobs(const JobFilter& filter) {
  constexpr Time kEver(-std::numeric_limits<Seconds>::infinity());
  return db_->read([&] {
    Query query = select_jobs(*db_, kFiltered);
    query.start(filter.from.value_or(kEver), filter.until.value_or(Time::never()), filter.after,
                limit_of(kSearched), filter.labourer_id, static_cast<int>(filter.state), filter.text,
                limit_of(filter.at_most));
    return jobs_from(query);
  });
}

std::optional<std::int64_t> SqliteStore::cancel_job(const std::string& job_id, Time now) {
  const auto cursor = db_->write(Durability::power, [&] {
    auto found = cursor_of(*db_, job_id);
    if (!found) return found;
    found->progress.stop();
    move_cursor(*db_, *found);
    return found;
  });
  if (!cursor) return std::nullopt;
  std::int64_t cancelled = 0;
  const std::int64_t end = cursor->progress.scheduled;
  for (std::int64_t first = 0; first < end; first += kCancelledAtOnce)
    cancelled += db_->write(Durability::power, [&] {
      ClosedCounts closed_counts;
      std::int64_t closed = 0;
      for (std::int64_t index = first; index < std::min(first + kCancelledAtOnce, end); ++index)
        closed += cancel_task(*db_, {cursor->job_number, index}, now, closed_counts);
      closed_counts.write(*db_);
      return closed;
    });
  return cancelled;
}

std::vector<Job> SqliteStore::claim_notifications(Time now, Time until, std::size_t at_most) {
  return db_->write([&] {
    Query query = select_jobs(*db_, kToNotify);
    std::vector<Job> jobs = jobs_from(query.start(now, limit_of(at_most)));
    Query take = db_->query(kNotifyAfter);
    for (const Job& job : jobs) take.run(job.job_id, until);
    return jobs;
  });
}

void SqliteStore::notified(const std::string& job_id) {
  db_->write([&] { db_->query(kNotifyAfter).run(job_id, std::optional<Time>()); });
}

}  // namespace sosw
