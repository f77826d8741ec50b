// TaskStore: from queued to running and back, and what workers say of it.

#include <algorithm>

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/queue_line.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kCountRunning[] = R"(
  SELECT count(*) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield > ?2)";
constexpr char kNextInLine[] = R"(
  SELECT task_key, created_at, greenfield, attempts, payload, failed_attempts, stats, result, reason
  FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield < ?2
  ORDER BY greenfield LIMIT ?3)";
constexpr char kMarkInvoked[] = R"(
  UPDATE tasks SET greenfield = ?3, attempts = attempts + 1, token = ?4, invoked_at = ?5
  WHERE task_key BETWEEN ?1 AND ?2)";
constexpr char kRelease[] = R"(
  UPDATE tasks SET greenfield = ?2, attempts = ?3, token = '', invoked_at = NULL
  WHERE task_key = ?1 AND place = 0 AND completed_at IS NULL AND token = ?4)";
constexpr char kInvokedByKey[] = "WHERE task_key = ?1";
constexpr char kRecordSuccess[] = R"(
  UPDATE tasks SET place = 0, desired_launch_time = NULL, completed_at = ?2,
         stats = iif(?3 = '', stats, ?3), result = iif(?4 = '', result, ?4)
  WHERE task_key = ?1)";
constexpr char kRecordFailure[] = R"(
  UPDATE tasks SET greenfield = ?2, failed_attempts = failed_attempts + 1,
         stats = iif(?3 = '', stats, ?3), result = iif(?4 = '', result, ?4), reason = ?5
  WHERE task_key = ?1)";

/// An attempt that reported its failure stands in front of where its invocation put it, so that a second
/// report is known as such.
bool failure_is_known(const Task& task) {
  return task.greenfield < invoked_greenfield(task.invoked_at.value_or(Time()));
}

std::int64_t failed_greenfield(const Task& task, const Report& report) {
  return std::min(newest_expired_greenfield(report.now, report.lapse),
                  invoked_greenfield(task.invoked_at.value_or(Time())) - 1);
}

ReportOutcome judge(const Report& report, const TaskRecord& record) {
  const Task& task = record.task;
  if (record.table == TaskRecord::Table::closed) return ReportOutcome::closed;
  if (report.succeeded) return task.completed_at ? ReportOutcome::repeated : ReportOutcome::recorded;
  if (report.token && *report.token != task.token) return ReportOutcome::stale;
  if (task.completed_at) return ReportOutcome::repeated;
  const bool invoked =
      record.table == TaskRecord::Table::queue && task.greenfield >= end_of_queue(report.now);
  // The end of the newest attempt is known already; who speaks without a token may be any older one.
  if (!invoked) return report.token ? ReportOutcome::repeated : ReportOutcome::stale;
  return failure_is_known(task) ? ReportOutcome::repeated : ReportOutcome::recorded;
}

ReportOutcome record_report(SqliteConnection& db, TaskKeys& keys, const Report& report) {
  const auto key = keys.find(report.task_id);
  Query find = select_tasks(db, kInvokedByKey);
  if (!key || !find.start(key->number()).next()) return ReportOutcome::unknown;
  const TaskRecord record = task_record_from(find, keys);
  const ReportOutcome outcome = judge(report, record);
  if (outcome != ReportOutcome::recorded) return outcome;
  if (report.succeeded)
    db.query(kRecordSuccess).run(key->number(), report.now, report.stats, report.result);
  else
    db.query(kRecordFailure)
        .run(key->number(), failed_greenfield(record.task, report), report.stats, report.result,
             report.reason);
  return outcome;
}

/// As they will be returned: marked, but with greenfield and attempts as they are still.
std::vector<Task> next_in_line(SqliteConnection& db, const Claim& claim, std::int64_t room,
                               std::vector<std::int64_t>& keys) {
  TaskKeys names(db);
  std::vector<Task> tasks;
  Query next = db.query(kNextInLine);
  next.start(claim.labourer_id, end_of_queue(claim.now), room);
  while (next.next()) {
    keys.push_back(next.integer(0));
    tasks.push_back({.task_id = names.task_id(TaskKey::of(keys.back())),
                     .labourer_id = claim.labourer_id,
                     .created_at = next.time(1),
                     .greenfield = next.integer(2),
                     .attempts = static_cast<int>(next.integer(3)),
                     .payload = next.text(4),
                     .token = claim.token,
                     .invoked_at = claim.now,
                     .failed_attempts = static_cast<int>(next.integer(5)),
                     .stats = next.text(6),
                     .result = next.text(7),
                     .reason = next.text(8)});
  }
  return tasks;
}

}  // namespace

std::vector<Task> SqliteStore::claim(const Claim& claim) {
  if (claim.at_most <= 0 || claim.limit <= 0) return {};
  return db_->write([&] {
    Query running = db_->query(kCountRunning);
    running.start(claim.labourer_id, newest_expired_greenfield(claim.now, claim.lapse)).next();
    const std::int64_t room = std::min(claim.at_most, claim.limit - running.integer(0));
    if (room <= 0) return std::vector<Task>();

    std::vector<std::int64_t> keys;
    std::vector<Task> tasks = next_in_line(*db_, claim, room, keys);
    Query mark = db_->query(kMarkInvoked);
    for (const KeyRange& range : ranges_of(keys))
      mark.run(range.first, range.last, invoked_greenfield(claim.now), claim.token, claim.now);
    return tasks;
  });
}

void SqliteStore::release(std::span<const Task> tasks) {
  db_->write([&] {
    TaskKeys keys(*db_);
    Query release = db_->query(kRelease);
    for (const Task& task : tasks)
      if (const auto key = keys.find(task.task_id))
        release.run(key->number(), task.greenfield, task.attempts, task.token);
  });
}

std::vector<ReportOutcome> SqliteStore::report(std::span<const Report> reports) {
  return db_->write([&] {
    std::vector<ReportOutcome> outcomes;
    outcomes.reserve(reports.size());
    TaskKeys keys(*db_);
    for (const Report& report : reports) outcomes.push_back(record_report(*db_, keys, report));
    return outcomes;
  });
}

}  // namespace sosw
