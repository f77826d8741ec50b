// AdminStore: actions.

#include "sosw/model/errors.h"
#include "sosw/model/manual_moves.h"

#include "store/sqlite/cancel_task.h"
#include "store/sqlite/closed_counts.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/queue_positions.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr char kSetControl[] = R"(
  INSERT INTO sosw_labourers (labourer_id, paused, "limit") VALUES (?1, ?2, ?3)
  ON CONFLICT DO UPDATE SET paused = excluded.paused, "limit" = excluded."limit")";
constexpr char kPriorityAndPayload[] = "SELECT priority, payload FROM tasks WHERE task_key = ?1";

/// The dead task as new, in front of all others of its labourer.
TaskRecord renewed_in_front(SqliteConnection& db, TaskKey key, const std::string& task_id,
                            const TaskRecord& dead) {
  Query find = db.query(kPriorityAndPayload);
  find.start(key.number()).next();
  if (!is_json_object(find.text(1))) throw StoreError(unreadable_payload(task_id));
  QueuePositions queue_positions(db, dead.task.labourer_id, static_cast<Priority>(find.integer(0)));
  return renewed(dead, queue_positions.reserve_front(1));
}

bool revive_one(SqliteConnection& db, TaskKey key, const std::string& task_id, Time now,
                ClosedCounts& closed_counts) {
  auto stored = standing_of(db, key);
  if (!stored) return false;
  switch (revival_of(*stored)) {
    case Revival::none:
      return false;
    case Revival::hastening:
      stored->due = hastened_due(*stored, now);
      set_standing(db, key, *stored);
      return true;
    case Revival::renewal:
      set_standing(db, key, renewed_in_front(db, key, task_id, *stored));
      closed_counts.count(key.job, stored->closed, -1);
      return true;
  }
  return false;
}

}  // namespace

void SqliteStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  db_->write([&] { db_->query(kSetControl).run(labourer_id, control.paused ? 1 : 0, control.limit); });
}

std::vector<bool> SqliteStore::revive(std::span<const std::string> task_ids, Time now) {
  return db_->write([&] {
    TaskKeys keys(*db_);
    ClosedCounts closed_counts;
    std::vector<bool> revived(task_ids.size());
    for (std::size_t i = task_ids.size(); i-- > 0;) {  // from the last one, so that the first is in front
      const auto key = keys.find(task_ids[i]);
      revived[i] = key && revive_one(*db_, *key, task_ids[i], now, closed_counts);
    }
    closed_counts.write(*db_);
    return revived;
  });
}

std::vector<bool> SqliteStore::cancel(std::span<const std::string> task_ids, Time now) {
  return db_->write([&] {
    TaskKeys keys(*db_);
    ClosedCounts closed_counts;
    std::vector<bool> cancelled;
    for (const std::string& task_id : task_ids) {
      const auto key = keys.find(task_id);
      cancelled.push_back(key && cancel_task(*db_, *key, now, closed_counts));
    }
    closed_counts.write(*db_);
    return cancelled;
  });
}

}  // namespace sosw
