#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sosw/model/task_record.h"

namespace sosw {

/// Which tasks to list.
struct TaskFilter {
  std::string labourer_id;  ///< empty: any
  std::string job_id;       ///< empty: any
  std::optional<TaskRecord::Table> table;
  std::optional<TaskRecord::Closed> closed;  ///< only closed ones, overrides `table`
  std::size_t at_most = 50;
  std::string after;  ///< a task id: only tasks with greater ids
};

/// Whether tasks of that table can match.
bool looks_in(const TaskFilter&, TaskRecord::Table);

/// Whether the task matches, at_most aside.
bool matches(const TaskFilter&, const TaskRecord&);

/// The order of a list: queue first, then retry, then closed; within each by task_id.
bool is_listed_before(const TaskRecord&, const TaskRecord&);

}  // namespace sosw
