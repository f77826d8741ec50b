// TaskStore: out of the queue table and back into it.

#include "sosw/model/queue_position.h"

#include "store/sqlite/closed_counts.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/queue_positions.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kDue[] = R"(
  SELECT task_key, priority, attempts FROM tasks INDEXED BY tasks_waiting
  WHERE place = 1 AND labourer_id = ?1 AND desired_launch_time <= ?2
  ORDER BY desired_launch_time LIMIT ?3)";
constexpr char kRequeue[] = R"(
  UPDATE tasks SET place = 0, desired_launch_time = NULL, greenfield = ?2 WHERE task_key = ?1)";
constexpr char kMovedByKey[] = "WHERE task_key = ?1";
constexpr char kNextDue[] = R"(
  SELECT min((SELECT min(desired_launch_time) FROM tasks INDEXED BY tasks_waiting
              WHERE place = 1 AND labourer_id = sosw_labourers.labourer_id))
  FROM sosw_labourers)";

/// Whether it still applied. `standing` is the task's, and follows the move.
bool carry_out(SqliteConnection& db, TaskKey key, const Settlement& move, TaskRecord& standing,
               ClosedCounts& closed_counts) {
  if (!applies(move, standing)) return false;
  standing = after_settlement(move, std::move(standing));
  set_standing(db, key, standing);
  if (standing.table == TaskRecord::Table::closed) closed_counts.count(key.job, standing.closed);
  return true;
}

/// Of tasks that there can be; 0 for an id that no job made, which is no task's key.
std::vector<std::int64_t> keys_of(TaskKeys& keys, std::span<const Settlement> moves) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(moves.size());
  for (const Settlement& move : moves) {
    const auto key = keys.find(move.task_id);
    numbers.push_back(key ? key->number() : 0);
  }
  return numbers;
}

struct DueTasks {
  std::vector<std::int64_t> keys;
  std::vector<Joining> joining;  ///< for each key
};

DueTasks due_tasks(SqliteConnection& db, const std::string& labourer_id, Time now, std::size_t at_most) {
  DueTasks due;
  Query query = db.query(kDue);
  query.start(labourer_id, now, limit_of(at_most));
  while (query.next()) {
    due.keys.push_back(query.integer(0));
    due.joining.push_back({static_cast<Priority>(query.integer(1)), static_cast<int>(query.integer(2))});
  }
  return due;
}

void requeue(SqliteConnection& db, const std::string& labourer_id, const DueTasks& due) {
  Query move = db.query(kRequeue);
  for (const auto& [priority, order] : joining_order(due.joining)) {
    QueuePositions queue_positions(db, labourer_id, priority);
    std::int64_t front =
        order.in_front.empty() ? 0 : queue_positions.reserve_front(std::ssize(order.in_front));
    for (const std::size_t i : order.in_front) move.run(due.keys[i], front++);
    for (const std::size_t i : order.at_end) move.run(due.keys[i], queue_positions.reserve_end());
  }
}

}  // namespace

std::vector<bool> SqliteStore::settle(std::span<const Settlement> moves) {
  return db_->write([&] {
    ClosedCounts closed_counts;
    std::vector<bool> moved;
    moved.reserve(moves.size());
    TaskKeys names(*db_);
    const std::vector<std::int64_t> keys = keys_of(names, moves);
    auto standings = standings_of(*db_, keys);
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const auto stored = standings.find(keys[i]);
      moved.push_back(stored != standings.end() &&
                      carry_out(*db_, TaskKey::of(keys[i]), moves[i], stored->second, closed_counts));
    }
    closed_counts.write(*db_);
    return moved;
  });
}

std::vector<Task> SqliteStore::requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) {
  return db_->write([&] {
    const DueTasks due = due_tasks(*db_, labourer_id, now, at_most);
    requeue(*db_, labourer_id, due);
    std::vector<Task> tasks;
    tasks.reserve(due.keys.size());
    TaskKeys keys(*db_);
    Query find = select_tasks(*db_, kMovedByKey);
    for (const std::int64_t key : due.keys) {
      find.start(key).next();
      tasks.push_back(task_from(find, keys));
    }
    return tasks;
  });
}

std::optional<Time> SqliteStore::next_due() {
  return db_->read([&] {
    Query query = db_->query(kNextDue);
    query.start().next();
    return query.maybe_time(0);
  });
}

}  // namespace sosw
