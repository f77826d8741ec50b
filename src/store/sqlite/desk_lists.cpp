// TaskDesk: what people see.

#include "store/sqlite/connection.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

using Table = TaskRecord::Table;

constexpr char kByKey[] = "WHERE task_key = ?1";

// ?1 is the labourer or empty, ?2 the job or empty, ?3 how many at most, ?4 and ?5 the job and the place
// behind which to begin, ?6 how a task was closed. What is not closed, and what was given up, is found
// through its own small index, however many others there are; the completed go by job after job.
constexpr char kInQueue[] = R"(
  JOIN (SELECT task_key AS key, job_id FROM tasks INDEXED BY tasks_in_line
        CROSS JOIN jobs ON job_number = task_key >> 32
        WHERE place = 0 AND completed_at IS NULL AND (?1 = '' OR tasks.labourer_id = ?1)
              AND (?2 = '' OR job_id = ?2) AND job_id >= ?4 AND (job_id > ?4 OR (task_key & 0xffffffff) > ?5)
        UNION ALL
        SELECT task_key AS key, job_id FROM tasks INDEXED BY tasks_completed
        CROSS JOIN jobs ON job_number = task_key >> 32
        WHERE place = 0 AND completed_at IS NOT NULL AND (?1 = '' OR tasks.labourer_id = ?1)
              AND (?2 = '' OR job_id = ?2) AND job_id >= ?4 AND (job_id > ?4 OR (task_key & 0xffffffff) > ?5)
        ORDER BY job_id, key LIMIT ?3) ON task_key = key
  ORDER BY job_id, task_key)";
constexpr char kInRetry[] = R"(
  JOIN (SELECT task_key AS key, job_id FROM tasks INDEXED BY tasks_waiting
        CROSS JOIN jobs ON job_number = task_key >> 32
        WHERE place = 1 AND (?1 = '' OR tasks.labourer_id = ?1) AND (?2 = '' OR job_id = ?2)
              AND job_id >= ?4 AND (job_id > ?4 OR (task_key & 0xffffffff) > ?5)
        ORDER BY job_id, key LIMIT ?3) ON task_key = key
  ORDER BY job_id, task_key)";
constexpr char kGivenUp[] = R"(
  JOIN (SELECT task_key AS key, job_id FROM tasks INDEXED BY tasks_given_up
        CROSS JOIN jobs ON job_number = task_key >> 32
        WHERE closed_as <> 'completed' AND closed_as = ?6 AND (?1 = '' OR tasks.labourer_id = ?1)
              AND (?2 = '' OR job_id = ?2) AND job_id >= ?4 AND (job_id > ?4 OR (task_key & 0xffffffff) > ?5)
        ORDER BY job_id, key LIMIT ?3) ON task_key = key
  ORDER BY job_id, task_key)";
constexpr char kInClosed[] = R"(
  WHERE task_key IN (SELECT task_key FROM jobs CROSS JOIN tasks
                     ON task_key BETWEEN job_number << 32 AND job_number << 32 | 0xffffffff
                     WHERE place = 2 AND (?1 = '' OR jobs.labourer_id = ?1) AND (?2 = '' OR job_id = ?2)
                           AND (?6 = '' OR closed_as = ?6)
                           AND job_id >= ?4 AND (job_id > ?4 OR (task_key & 0xffffffff) > ?5)
                     ORDER BY job_id, task_key LIMIT ?3)
  ORDER BY (SELECT job_id FROM jobs WHERE job_number = task_key >> 32), task_key)";

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

const char* picking(Table table, const TaskFilter& filter) {
  if (table == Table::queue) return kInQueue;
  if (table == Table::retry) return kInRetry;
  const bool given_up = filter.closed && *filter.closed != TaskRecord::Closed::completed;
  return given_up ? kGivenUp : kInClosed;
}

void append_records(SqliteConnection& db, TaskKeys& keys, Table table, const TaskFilter& filter,
                    std::vector<TaskRecord>& records) {
  const std::int64_t room = limit_of(filter.at_most) - static_cast<std::int64_t>(records.size());
  Query query = select_tasks(db, picking(table, filter));
  const auto [job_id, place] = parts_of(filter.after);
  if (table == Table::closed)
    query.start(filter.labourer_id, filter.job_id, room, job_id, place,
                filter.closed ? name_of(*filter.closed) : "");
  else
    query.start(filter.labourer_id, filter.job_id, room, job_id, place);
  while (query.next()) records.push_back(task_record_from(query, keys));
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
    query.start(key->job, key->place);
    while (query.next())
      if (const auto action = task_action_from(query.text(1)))
        events.push_back({task_id, query.text(0), *action, query.time(2), query.text(3)});
    return events;
  });
}

TaskDesk::Closed SqliteStore::count_closed(const std::string& labourer_id) {
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
