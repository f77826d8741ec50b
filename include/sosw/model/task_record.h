#pragma once

#include <cstdint>
#include <optional>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// A task, which of the three tables of SPEC 2 it is in, and what that table adds.
struct TaskRecord {
  enum class Table { queue, retry, closed };
  enum class Closed { completed, dead, cancelled };
  Task task;
  Table table = Table::queue;
  std::optional<Time> due;        ///< table retry
  std::optional<Time> closed_at;  ///< table closed
  Closed closed = Closed::completed;
};

/// Waits in the queue to be invoked (SPEC 3).
bool is_queued(const TaskRecord&, Time now);

/// Was invoked, and is neither completed nor moved to another table; it runs or is expired (SPEC 3).
bool is_invoked(const TaskRecord&, Time now);

/// A task moves to one table only (promise I1): the fields of the one that it leaves are cleared.
TaskRecord closed_as(TaskRecord, TaskRecord::Closed, Time now);
TaskRecord waiting_until(Time due, TaskRecord);
TaskRecord queued_at(std::int64_t greenfield, TaskRecord);

}  // namespace sosw
