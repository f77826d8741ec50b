// TaskStore: from queued to running and back, and workers' reports.

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kCountRunning[] = R"(
  SELECT count(*) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1
        AND greenfield BETWEEN ?2 AND ?3)";
constexpr char kNextQueued[] = R"(
  SELECT task_key, created_at, greenfield, attempts, payload, failed_attempts, stats, result, reason
  FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1
        AND greenfield BETWEEN ?2 AND ?3
  ORDER BY greenfield LIMIT ?4)";
constexpr char kMarkInvoked[] = R"(
  UPDATE tasks SET greenfield = ?3, attempts = attempts + 1, token = ?4, invoked_at = ?5
  WHERE task_key BETWEEN ?1 AND ?2)";

void put_back(SqliteConnection& db, TaskKey key, const Task& handed_out) {
  auto stored = standing_of(db, key);
  if (!stored || !can_be_released(handed_out, *stored)) return;
  stored->task = after_release(handed_out, std::move(stored->task));
  set_standing(db, key, *stored);
}

ReportAnswer take_report(SqliteConnection& db, TaskKey key, const Report& report) {
  auto stored = standing_of(db, key);
  if (!stored) return {};
  const ReportAnswer answer{outcome_of(report, *stored), stored->task.labourer_id};
  if (answer.outcome == ReportOutcome::recorded)
    set_standing(db, key, after_report(report, *std::move(stored)));
  return answer;
}

/// As returned by claim.
std::vector<Task> next_queued(SqliteConnection& db, const Claim& claim, std::int64_t room,
                              std::vector<std::int64_t>& keys) {
  TaskKeys names(db);
  std::vector<Task> tasks;
  Query next = db.query(kNextQueued);
  const auto [first, last] = queued_range(claim.now);
  next.start(claim.labourer_id, first, last, room);
  while (next.next()) {
    keys.push_back(next.integer(0));
    tasks.push_back(handed_out(claim, {.task_id = names.task_id(TaskKey::of(keys.back())),
                                       .labourer_id = claim.labourer_id,
                                       .created_at = next.time(1),
                                       .greenfield = next.integer(2),
                                       .attempts = static_cast<int>(next.integer(3)),
                                       .payload = next.text(4),
                                       .failed_attempts = static_cast<int>(next.integer(5)),
                                       .stats = next.text(6),
                                       .result = next.text(7),
                                       .reason = next.text(8)}));
  }
  return tasks;
}

}  // namespace

std::vector<Task> SqliteStore::claim(const Claim& claim) {
  if (claim.at_most <= 0 || claim.limit <= 0) return {};
  return db_->write([&] {
    Query running = db_->query(kCountRunning);
    const auto [first, last] = running_range(claim.now, claim.attempt_timeout);
    running.start(claim.labourer_id, first, last).next();
    const std::int64_t room = room_for(claim, running.integer(0));
    if (room <= 0) return std::vector<Task>();

    std::vector<std::int64_t> keys;
    std::vector<Task> tasks = next_queued(*db_, claim, room, keys);
    Query mark = db_->query(kMarkInvoked);
    for (const KeyRange& range : ranges_of(keys))
      mark.run(range.first, range.last, invoked_greenfield(claim.now), claim.token, claim.now);
    return tasks;
  });
}

void SqliteStore::release(std::span<const Task> tasks) {
  db_->write([&] {
    TaskKeys keys(*db_);
    for (const Task& task : tasks)
      if (const auto key = keys.find(task.task_id)) put_back(*db_, *key, task);
  });
}

std::vector<ReportAnswer> SqliteStore::report(std::span<const Report> reports) {
  return db_->write([&] {
    std::vector<ReportAnswer> answers(reports.size());
    TaskKeys keys(*db_);
    for (std::size_t i = 0; i < reports.size(); ++i)
      if (const auto key = keys.find(reports[i].task_id)) answers[i] = take_report(*db_, *key, reports[i]);
    return answers;
  });
}

}  // namespace sosw
