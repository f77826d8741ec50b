#include "sosw/model/report.h"

#include "sosw/model/greenfield.h"

namespace sosw {

ReportOutcome outcome_of(const Report& report, const TaskRecord& record) {
  const Task& task = record.task;
  if (record.table == TaskRecord::Table::closed) return ReportOutcome::closed;
  if (report.succeeded) return task.completed_at ? ReportOutcome::repeated : ReportOutcome::recorded;
  if (report.token && *report.token != task.token) return ReportOutcome::stale;
  if (task.completed_at) return ReportOutcome::repeated;
  // The end of the newest attempt is known already; a report without a token may be of any older one.
  if (!is_invoked(record, report.now)) return report.token ? ReportOutcome::repeated : ReportOutcome::stale;
  return failure_was_reported(task) ? ReportOutcome::repeated : ReportOutcome::recorded;
}

TaskRecord after_report(const Report& report, TaskRecord record) {
  Task& task = record.task;
  if (report.succeeded) {
    task.completed_at = report.now;
    const std::int64_t completed = completed_greenfield(task.greenfield, report.now);
    record = queued_at(completed, std::move(record));
  } else {
    const std::int64_t failed = failed_greenfield(task, report.now, report.attempt_timeout);
    task.invoked_at = invocation_time(task);
    task.greenfield = failed;
    ++task.failed_attempts;
    task.reason = report.reason;
  }
  replace_words(task, report.stats, report.result);
  return record;
}

bool shows(const Report& report, const Task& task) {
  if (report.succeeded) return task.completed_at == report.now;
  return failure_was_reported(task) &&
         task.greenfield == failed_greenfield(task, report.now, report.attempt_timeout);
}

}  // namespace sosw
