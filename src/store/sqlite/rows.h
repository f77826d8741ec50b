#pragma once

#include <vector>

#include "sosw/model/job.h"
#include "sosw/model/task.h"
#include "sosw/ports/task_desk.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/query.h"
#include "store/sqlite/task_keys.h"

namespace sosw {

/// Rows of the tasks that `rest` ("WHERE ... ORDER BY ...", a constant) picks.
Query select_tasks(SqliteConnection&, const char* rest);
Task task_from(const Query&, TaskKeys&);
TaskRecord task_record_from(const Query&, TaskKeys&);

/// The tasks of a query that was started.
std::vector<Task> tasks_from(Query&, TaskKeys&);

/// Rows of jobs with their progress; `rest` as above.
Query select_jobs(SqliteConnection&, const char* rest);
Job job_from(const Query&);
std::vector<Job> jobs_from(Query&);

/// SQLite counts in 64 bits; a limit over that is none.
std::int64_t limit_of(std::size_t at_most);

}  // namespace sosw
