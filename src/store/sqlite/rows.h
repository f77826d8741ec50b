#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sosw/model/job.h"
#include "sosw/model/task.h"
#include "sosw/model/task_record.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/query.h"
#include "store/sqlite/task_keys.h"

namespace sosw {

/// Rows of the tasks selected by `rest` ("WHERE ... ORDER BY ...", a constant).
Query select_tasks(SqliteConnection&, const char* rest);
Task task_from(const Query&, TaskKeys&);
TaskRecord task_record_from(const Query&, TaskKeys&);

/// The labourer and state of a task: its record without task_id, created_at and payload, which never change.
/// nullopt when there is no such task.
std::optional<TaskRecord> standing_of(SqliteConnection&, TaskKey);

/// The same of many tasks, by key, in one pass over each range of consecutive keys: reading row by row would
/// cost as much as changing them.
std::unordered_map<std::int64_t, TaskRecord> standings_of(SqliteConnection&, std::vector<std::int64_t> keys);

void set_standing(SqliteConnection&, TaskKey, const TaskRecord&);

/// As in the column closed_as.
const char* name_of(TaskRecord::Closed);

/// The tasks of a started query.
std::vector<Task> tasks_from(Query&, TaskKeys&);

/// Rows of jobs with their progress; `rest` as above.
Query select_jobs(SqliteConnection&, const char* rest);
Job job_from(const Query&);
std::vector<Job> jobs_from(Query&);

/// SQLite counts in 64 bits; a larger limit means no limit.
std::int64_t limit_of(std::size_t at_most);

}  // namespace sosw
