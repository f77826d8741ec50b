#include "sosw/model/task_record.h"

#include "sosw/model/greenfield.h"

namespace sosw {
namespace {

bool is_in_line(const TaskRecord& record) {
  return record.table == TaskRecord::Table::queue && !record.task.completed_at;
}

}  // namespace

bool is_queued(const TaskRecord& record, Time now) {
  return is_in_line(record) && queued_range(now).contains(record.task.greenfield);
}

bool is_invoked(const TaskRecord& record, Time now) {
  return is_in_line(record) && invoked_range(now).contains(record.task.greenfield);
}

TaskRecord closed_as(TaskRecord record, TaskRecord::Closed closed, Time now) {
  record.table = TaskRecord::Table::closed;
  record.due.reset();
  record.closed_at = now;
  record.closed = closed;
  return record;
}

TaskRecord waiting_until(Time due, TaskRecord record) {
  record.table = TaskRecord::Table::retry;
  record.due = due;
  return record;
}

TaskRecord queued_at(std::int64_t greenfield, TaskRecord record) {
  record.table = TaskRecord::Table::queue;
  record.due.reset();
  record.task.greenfield = greenfield;
  return record;
}

}  // namespace sosw
