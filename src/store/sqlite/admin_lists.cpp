// AdminStore: reading.

#include "store/sqlite/connection.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

using Table = TaskRecord::Table;

constexpr char kByKey[] = "WHERE task_key = ?1";

// Tasks are listed job by job, in the order of the jobs' ids, so that matches are found without sorting all
// tasks: jobs that have none are skipped by their counts.
//
// ?1 is the labourer or empty, ?2 the job or empty, ?3 the id of the first job.
constexpr char kJobs[] = R"(
  SELECT job_number, job_id, labourer_id, scheduled, completed, dead, cancelled
  FROM jobs CROSS JOIN job_progress USING (job_number)
  WHERE job_id >= ?3 AND (?1 = '' OR labourer_id = ?1) AND (?2 = '' OR job_id = ?2) ORDER BY job_id)";

// ?1 and ?2 are the first and the last key, ?3 how many at most, ?4 the column place, ?5 the kind of closing
// or empty. Scans task by task.
constexpr char kOfSmallJob[] = R"(
  WHERE task_key BETWEEN ?1 AND ?2 AND place = ?4 AND (?5 = '' OR closed_as = ?5) ORDER BY task_key LIMIT ?3)";

// ?1, ?2 and ?3 as above, ?4 the labourer, ?5 the kind of closing. Open tasks and dead ones are found through
// their own small index, however many others the job has.
constexpr char kInQueue[] = R"(
  WHERE task_key IN (
    SELECT task_key FROM (
      SELECT task_key FROM tasks INDEXED BY tasks_in_line
      WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?4 AND task_key BETWEEN ?1 AND ?2
      UNION ALL
      SELECT task_key FROM tasks INDEXED BY tasks_completed
      WHERE place = 0 AND completed_at IS NOT NULL AND labourer_id = ?4 AND task_key BETWEEN ?1 AND ?2)
    ORDER BY task_key LIMIT ?3)
  ORDER BY task_key)";
constexpr char kInRetry[] = R"(
  WHERE task_key IN (SELECT task_key FROM tasks INDEXED BY tasks_waiting
                     WHERE place = 1 AND labourer_id = ?4 AND task_key BETWEEN ?1 AND ?2
                     ORDER BY task_key LIMIT ?3)
  ORDER BY task_key)";
constexpr char kGivenUp[] = R"(
  INDEXED BY tasks_given_up
  WHERE closed_as <> 'completed' AND labourer_id = ?4 AND closed_as = ?5 AND task_key BETWEEN ?1 AND ?2
  ORDER BY task_key LIMIT ?3)";
constexpr std::int64_t kSmallJob = 10'000;  // tasks

constexpr char kHistory[] = R"(
  SELECT labourer_id, action, created_at, details FROM events INDEXED BY events_by_task
  WHERE job_number = ?1 AND first <= ?2 AND last >= ?2
        AND EXISTS (SELECT 1 FROM json_each(events.places) WHERE value = ?2)
  ORDER BY created_at, event_id)";
constexpr char kCountClosed[] = R"(
  SELECT coalesce(sum(completed), 0), coalesce(sum(dead), 0), coalesce(sum(cancelled), 0)
  FROM jobs CROSS JOIN job_progress USING (job_number) WHERE labourer_id = ?1)";
constexpr char kLabourers[] = "SELECT labourer_id FROM sosw_labourers ORDER BY labourer_id";
constexpr char kControls[] =
    R"(SELECT labourer_id, paused, "limit" FROM sosw_labourers WHERE paused OR "limit" IS NOT NULL)";

const char* closed_as(const TaskFilter& filter) { return filter.closed ? name_of(*filter.closed) : ""; }

struct JobRow {
  std::int64_t number;
  std::string job_id, labourer_id;
  std::int64_t scheduled, completed, dead, cancelled;

  std::int64_t closed() const { return completed + dead + cancelled; }
};

JobRow job_row_from(const Query& row) {
  return {row.integer(0), row.text(1),    row.text(2),   row.integer(3),
          row.integer(4), row.integer(5), row.integer(6)};
}

/// An upper bound of its matching tasks.
std::int64_t candidates(const JobRow& job, Table table, const TaskFilter& filter) {
  if (table != Table::closed) return job.scheduled - job.closed();
  if (!filter.closed) return job.closed();
  switch (*filter.closed) {
    case TaskRecord::Closed::completed:
      return job.completed;
    case TaskRecord::Closed::dead:
      return job.dead;
    case TaskRecord::Closed::cancelled:
      return job.cancelled;
  }
  return job.closed();
}

void append_of_job(SqliteConnection& db, TaskKeys& keys, const JobRow& job, Table table,
                   const TaskFilter& filter, std::int64_t first_index, std::vector<TaskRecord>& records) {
  const std::int64_t first = TaskKey{job.number, first_index}.number();
  const std::int64_t last = TaskKey{job.number, TaskKey::kLastIndex}.number();
  const std::int64_t room = limit_of(filter.at_most) - static_cast<std::int64_t>(records.size());
  const bool given_up = filter.closed && *filter.closed != TaskRecord::Closed::completed;
  const bool is_new = job.closed() <= kSmallJob;  // few tasks precede those in the queue
  const bool by_task = job.scheduled <= kSmallJob || (table == Table::closed && !given_up) ||
                       (table == Table::queue && is_new);
  Query query = select_tasks(db, by_task                 ? kOfSmallJob
                                 : table == Table::queue ? kInQueue
                                 : table == Table::retry ? kInRetry
                                                         : kGivenUp);
  if (by_task)
    query.start(first, last, room, static_cast<int>(table), closed_as(filter));
  else if (table == Table::closed)
    query.start(first, last, room, job.labourer_id, closed_as(filter));
  else
    query.start(first, last, room, job.labourer_id);
  while (query.next()) records.push_back(task_record_from(query, keys));
}

void append_records(SqliteConnection& db, TaskKeys& keys, Table table, const TaskFilter& filter,
                    std::vector<TaskRecord>& records) {
  const auto [after_job, after_place] = parts_of(filter.after);
  Query jobs = db.query(kJobs);
  jobs.start(filter.labourer_id, filter.job_id, after_job);
  while (records.size() < filter.at_most && jobs.next()) {
    const JobRow job = job_row_from(jobs);
    if (candidates(job, table, filter) == 0) continue;
    append_of_job(db, keys, job, table, filter, job.job_id == after_job ? after_place + 1 : 0, records);
  }
}

}  // namespace

std::optional<TaskRecord> SqliteStore::find(const std::string& task_id) {
  return db_->read([&]() -> std::optional<TaskRecord> {
    TaskKeys keys(*db_);
    const auto key = keys.find(task_id);
    Query query = select_tasks(*db_, kByKey);
    if (!key || !query.start(key->number()).next()) return std::nullopt;
    return task_record_from(query, keys);
  });
}

std::vector<TaskRecord> SqliteStore::list(const TaskFilter& filter) {
  return db_->read([&] {
    TaskKeys keys(*db_);
    std::vector<TaskRecord> records;
    for (const Table table : {Table::queue, Table::retry, Table::closed})
      if (looks_in(filter, table)) append_records(*db_, keys, table, filter, records);
    return records;
  });
}

std::vector<TaskEvent> SqliteStore::history(const std::string& task_id) {
  return db_->read([&] {
    std::vector<TaskEvent> events;
    const auto key = TaskKeys(*db_).find(task_id);
    if (!key) return events;
    Query query = db_->query(kHistory);
    query.start(key->job, key->index);
    while (query.next())
      if (const auto action = task_action_from(query.text(1)))
        events.push_back({task_id, query.text(0), *action, query.time(2), query.text(3)});
    return events;
  });
}

AdminStore::Closed SqliteStore::count_closed(const std::string& labourer_id) {
  return db_->read([&] {
    Query query = db_->query(kCountClosed);
    query.start(labourer_id).next();
    return Closed{query.integer(0), query.integer(1), query.integer(2)};
  });
}

std::vector<std::string> SqliteStore::labourer_ids() {
  return db_->read([&] {
    std::vector<std::string> ids;
    Query query = db_->query(kLabourers);
    query.start();
    while (query.next()) ids.push_back(query.text(0));
    return ids;
  });
}

std::map<std::string, LabourerControl> SqliteStore::controls() {
  return db_->read([&] {
    std::map<std::string, LabourerControl> controls;
    Query query = db_->query(kControls);
    query.start();
    while (query.next()) {
      LabourerControl& control = controls[query.text(0)];
      control.paused = query.integer(1) != 0;
      if (const auto limit = query.maybe_integer(2)) control.limit = static_cast<int>(*limit);
    }
    return controls;
  });
}

}  // namespace sosw
