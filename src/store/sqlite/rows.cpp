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

TaskRecord::Closed closed_named(const std::string& closed_as) {
  if (closed_as == "dead") return TaskRecord::Closed::dead;
  return closed_as == "cancelled" ? TaskRecord::Closed::cancelled : TaskRecord::Closed::completed;
}

}  // namespace

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
