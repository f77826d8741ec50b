#include "sosw/model/manual_moves.h"

#include <algorithm>

#include <fmt/format.h>

namespace sosw {

namespace {

using Table = TaskRecord::Table;

}  // namespace

bool can_be_cancelled(const TaskRecord& record, Time now) {
  return record.table == Table::retry || is_queued(record, now);
}

Revival revival_of(const TaskRecord& record) {
  if (record.table == Table::retry) return Revival::hastening;
  const bool dead = record.table == Table::closed && record.closed == TaskRecord::Closed::dead;
  return dead ? Revival::renewal : Revival::none;
}

Time hastened_due(const TaskRecord& waiting, Time now) { return std::min(waiting.due.value_or(now), now); }

TaskRecord renewed(const TaskRecord& dead, std::int64_t greenfield) {
  return {.task = {.task_id = dead.task.task_id,
                   .labourer_id = dead.task.labourer_id,
                   .created_at = dead.task.created_at,
                   .greenfield = greenfield,
                   .payload = dead.task.payload}};
}

std::string unreadable_payload(const std::string& task_id) {
  return fmt::format("task {} can't be tried again: its payload is not a JSON object any more", task_id);
}

}  // namespace sosw
