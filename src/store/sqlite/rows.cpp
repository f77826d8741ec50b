#include "store/sqlite/rows.h"

#include <algorithm>
#include <limits>

namespace sosw {
namespace {

constexpr char kSelectTasks[] = R"(
  SELECT task_key, labourer_id, created_at, greenfield, attempts, payload, token, invoked_at, completed_at,
         failed_attempts, stats, result, reason, place, desired_launch_time, closed_at, closed_as
  FROM tasks )";

constexpr char kSelectJobs[] = R"(
  SELECT job_id, labourer_id, document, schema, today, priority, run_at, on_complete, created_at,
         scheduled, total, completed, dead, cancelled
  FROM jobs JOIN job_progress USING (job_number) )";

constexpr char kSelectStandings[] = R"(
  SELECT place, greenfield, attempts, token, invoked_at, completed_at, failed_attempts, stats, result, reason,
         desired_launch_time, closed_at, closed_as, labourer_id, task_key
  FROM tasks WHERE task_key BETWEEN ?1 AND ?2)";
constexpr char kUpdateStanding[] = R"(
  UPDATE tasks SET place = ?2, greenfield = ?3, attempts = ?4, token = ?5, invoked_at = ?6, completed_at = ?7,
         failed_attempts = ?8, stats = ?9, result = ?10, reason = ?11, desired_launch_time = ?12,
         closed_at = ?13, closed_as = ?14
  WHERE task_key = ?1)";

TaskRecord::Closed closed_named(const std::string& closed_as) {
  if (closed_as == "dead") return TaskRecord::Closed::dead;
  return closed_as == "cancelled" ? TaskRecord::Closed::cancelled : TaskRecord::Closed::completed;
}

}  // namespace

const char* name_of(TaskRecord::Closed closed) {
  switch (closed) {
    case TaskRecord::Closed::completed:
      return "completed";
    case TaskRecord::Closed::dead:
      return "dead";
    case TaskRecord::Closed::cancelled:
      return "cancelled";
  }
  return "";
}

Query select_tasks(SqliteConnection& db, const char* rest) { return db.query(kSelectTasks, rest); }

Task task_from(const Query& row, TaskKeys& keys) {
  return {.task_id = keys.task_id(TaskKey::of(row.integer(0))),
          .labourer_id = row.text(1),
          .created_at = row.time(2),
          .greenfield = row.integer(3),
          .attempts = static_cast<int>(row.integer(4)),
          .payload = row.text(5),
          .token = row.text(6),
          .invoked_at = row.maybe_time(7),
          .completed_at = row.maybe_time(8),
          .failed_attempts = static_cast<int>(row.integer(9)),
          .stats = row.text(10),
          .result = row.text(11),
          .reason = row.text(12)};
}

TaskRecord task_record_from(const Query& row, TaskKeys& keys) {
  return {.task = task_from(row, keys),
          .table = static_cast<TaskRecord::Table>(row.integer(13)),
          .due = row.maybe_time(14),
          .closed_at = row.maybe_time(15),
          .closed = closed_named(row.text(16))};
}

namespace {

TaskRecord standing_from(const Query& row) {
  return TaskRecord{.task = {.labourer_id = row.text(13),
                             .greenfield = row.integer(1),
                             .attempts = static_cast<int>(row.integer(2)),
                             .token = row.text(3),
                             .invoked_at = row.maybe_time(4),
                             .completed_at = row.maybe_time(5),
                             .failed_attempts = static_cast<int>(row.integer(6)),
                             .stats = row.text(7),
                             .result = row.text(8),
                             .reason = row.text(9)},
                    .table = static_cast<TaskRecord::Table>(row.integer(0)),
                    .due = row.maybe_time(10),
                    .closed_at = row.maybe_time(11),
                    .closed = closed_named(row.text(12))};
}

}  // namespace

std::optional<TaskRecord> standing_of(SqliteConnection& db, TaskKey key) {
  Query row = db.query(kSelectStandings);
  if (!row.start(key.number(), key.number()).next()) return std::nullopt;
  return standing_from(row);
}

std::unordered_map<std::int64_t, TaskRecord> standings_of(SqliteConnection& db,
                                                          std::vector<std::int64_t> keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::unordered_map<std::int64_t, TaskRecord> standings;
  standings.reserve(keys.size());
  Query rows = db.query(kSelectStandings);
  for (const KeyRange& range : ranges_of(keys)) {
    rows.start(range.first, range.last);
    while (rows.next()) standings.emplace(rows.integer(14), standing_from(rows));
  }
  return standings;
}

void set_standing(SqliteConnection& db, TaskKey key, const TaskRecord& record) {
  const Task& task = record.task;
  const bool closed = record.table == TaskRecord::Table::closed;
  db.query(kUpdateStanding)
      .run(key.number(), static_cast<int>(record.table), task.greenfield, task.attempts, task.token,
           task.invoked_at, task.completed_at, task.failed_attempts, task.stats, task.result, task.reason,
           record.due, record.closed_at, closed ? std::optional(name_of(record.closed)) : std::nullopt);
}

std::vector<Task> tasks_from(Query& query, TaskKeys& keys) {
  std::vector<Task> tasks;
  while (query.next()) tasks.push_back(task_from(query, keys));
  return tasks;
}

Query select_jobs(SqliteConnection& db, const char* rest) { return db.query(kSelectJobs, rest); }

Job job_from(const Query& row) {
  return {.job_id = row.text(0),
          .labourer_id = row.text(1),
          .document = row.text(2),
          .schema = row.text(3),
          .today = row.text(4),
          .priority = priority_from(row.text(5)).value_or(Priority::normal),
          .run_at = row.maybe_time(6),
          .on_complete = row.text(7),
          .created_at = row.time(8),
          .progress = {.scheduled = row.integer(9),
                       .total = row.maybe_integer(10),
                       .completed = row.integer(11),
                       .dead = row.integer(12),
                       .cancelled = row.integer(13)}};
}

std::vector<Job> jobs_from(Query& query) {
  std::vector<Job> jobs;
  while (query.next()) jobs.push_back(job_from(query));
  return jobs;
}

std::int64_t limit_of(std::size_t at_most) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(at_most, most));
}

}  // namespace sosw
