// TaskDesk: what people do.

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/job_tally.h"
#include "store/sqlite/queue_line.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

constexpr char kSetControl[] = R"(
  INSERT INTO sosw_labourers (labourer_id, paused, "limit") VALUES (?1, ?2, ?3)
  ON CONFLICT DO UPDATE SET paused = excluded.paused, "limit" = excluded."limit")";
constexpr char kHasten[] = R"(
  UPDATE tasks SET desired_launch_time = min(desired_launch_time, ?2) WHERE task_key = ?1 AND place = 1)";
constexpr char kFindDead[] = R"(
  SELECT labourer_id, priority, CASE WHEN json_valid(payload) THEN json_type(payload) = 'object' ELSE 0 END
  FROM tasks WHERE task_key = ?1 AND closed_as = 'dead')";
constexpr char kRevive[] = R"(
  UPDATE tasks SET place = 0, greenfield = ?2, attempts = 0, failed_attempts = 0, token = '',
         invoked_at = NULL, completed_at = NULL, stats = '', result = '', reason = '', closed_at = NULL,
         closed_as = NULL
  WHERE task_key = ?1)";
constexpr char kCancel[] = R"(
  UPDATE tasks SET place = 2, closed_as = 'cancelled', closed_at = ?2, desired_launch_time = NULL
  WHERE task_key = ?1 AND (place = 1 OR place = 0 AND completed_at IS NULL AND greenfield < ?3))";

/// Brings one dead task back in front of all others of its labourer; false for a task that is not dead.
bool revive_dead(SqliteConnection& db, TaskKey key, const std::string& task_id) {
  Query find = db.query(kFindDead);
  if (!find.start(key.number()).next()) return false;
  if (find.integer(2) == 0)
    throw StoreError(
        fmt::format("task {} can't be tried again: its payload is not a JSON object any more", task_id));
  const std::string labourer_id = find.text(0);
  QueueLine line(db, labourer_id, static_cast<Priority>(find.integer(1)));
  db.query(kRevive).run(key.number(), line.join_front(1));
  return true;
}

}  // namespace

void SqliteStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  db_->write([&] { db_->query(kSetControl).run(labourer_id, control.paused ? 1 : 0, control.limit); });
}

std::vector<bool> SqliteStore::revive(std::span<const std::string> task_ids, Time now) {
  return db_->write([&] {
    TaskKeys keys(*db_);
    JobTally tally;
    std::vector<bool> revived(task_ids.size());
    for (std::size_t i = task_ids.size(); i-- > 0;) {  // from the last one, so that the first is in front
      const auto key = keys.find(task_ids[i]);
      if (!key) continue;
      const bool waits = db_->query(kHasten).run(key->number(), now) > 0;
      const bool was_dead = !waits && revive_dead(*db_, *key, task_ids[i]);
      if (was_dead) --tally.of(key->job).dead;
      revived[i] = waits || was_dead;
    }
    tally.write(*db_);
    return revived;
  });
}

std::vector<bool> SqliteStore::cancel(std::span<const std::string> task_ids, Time now) {
  return db_->write([&] {
    TaskKeys keys(*db_);
    JobTally tally;
    std::vector<bool> cancelled;
    Query cancel = db_->query(kCancel);
    for (const std::string& task_id : task_ids) {
      const auto key = keys.find(task_id);
      cancelled.push_back(key && cancel.run(key->number(), now, end_of_queue(now)) > 0);
      if (cancelled.back()) ++tally.of(key->job).cancelled;
    }
    tally.write(*db_);
    return cancelled;
  });
}

}  // namespace sosw
