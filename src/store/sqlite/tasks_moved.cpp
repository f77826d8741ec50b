// TaskStore: out of the queue table and back into it.

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/job_tally.h"
#include "store/sqlite/queue_line.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kComplete[] = R"(
  UPDATE tasks SET place = 2, closed_as = 'completed', closed_at = ?2, desired_launch_time = NULL,
         completed_at = coalesce(completed_at, ?2), stats = iif(?3 = '', stats, ?3),
         result = iif(?4 = '', result, ?4), reason = iif(?5 = '', reason, ?5)
  WHERE task_key = ?1 AND place <> 2)";
constexpr char kCompleteAsSeen[] = R"(
  UPDATE tasks SET place = 2, closed_as = 'completed', closed_at = ?2,
         completed_at = coalesce(completed_at, ?2), stats = iif(?3 = '', stats, ?3),
         result = iif(?4 = '', result, ?4), reason = iif(?5 = '', reason, ?5)
  WHERE task_key = ?1 AND place = 0 AND greenfield = ?6 AND token = ?7)";
constexpr char kBury[] = R"(
  UPDATE tasks SET place = 2, closed_as = 'dead', closed_at = ?2, stats = iif(?3 = '', stats, ?3),
         result = iif(?4 = '', result, ?4), reason = iif(?5 = '', reason, ?5)
  WHERE task_key = ?1 AND place = 0 AND completed_at IS NULL AND greenfield = ?6 AND token = ?7)";
constexpr char kPostpone[] = R"(
  UPDATE tasks SET place = 1, desired_launch_time = ?2, stats = iif(?3 = '', stats, ?3),
         result = iif(?4 = '', result, ?4), reason = iif(?5 = '', reason, ?5)
  WHERE task_key = ?1 AND place = 0 AND completed_at IS NULL AND greenfield = ?6 AND token = ?7)";

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

bool carry_out(SqliteConnection& db, TaskKey key, const Settlement& move, JobTally& tally) {
  const auto run = [&](const char* sql, Time time) {
    const auto& [greenfield, token] = *move.seen;
    return db.query(sql).run(key.number(), time, move.stats, move.result, move.reason, greenfield, token) > 0;
  };
  bool moved = false;
  if (move.to == Settlement::To::completed) {
    moved = move.seen
                ? run(kCompleteAsSeen, move.now)
                : db.query(kComplete).run(key.number(), move.now, move.stats, move.result, move.reason) > 0;
    if (moved) ++tally.of(key.job).completed;
  } else if (move.to == Settlement::To::dead && move.seen) {
    moved = run(kBury, move.now);
    if (moved) ++tally.of(key.job).dead;
  } else if (move.seen) {
    moved = run(kPostpone, move.due);
  }
  return moved;
}

struct DueTask {
  std::int64_t key;
  Priority priority;
  bool tried;
};

std::vector<DueTask> due_tasks(SqliteConnection& db, const std::string& labourer_id, Time now,
                               std::size_t at_most) {
  std::vector<DueTask> due;
  Query query = db.query(kDue);
  query.start(labourer_id, now, limit_of(at_most));
  while (query.next())
    due.push_back({query.integer(0), static_cast<Priority>(query.integer(1)), query.integer(2) > 0});
  return due;
}

/// Earliest due, first in line.
void requeue(SqliteConnection& db, const std::string& labourer_id, std::span<const DueTask> due) {
  Query move = db.query(kRequeue);
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
    std::int64_t tried = 0;
    for (const DueTask& task : due) tried += task.priority == priority && task.tried;
    QueueLine line(db, labourer_id, priority);
    std::int64_t front = tried > 0 ? line.join_front(tried) : 0;
    for (const DueTask& task : due)
      if (task.priority == priority) move.run(task.key, task.tried ? front++ : line.join_end());
  }
}

}  // namespace

std::vector<bool> SqliteStore::settle(std::span<const Settlement> moves) {
  return db_->write([&] {
    JobTally tally;
    std::vector<bool> moved;
    moved.reserve(moves.size());
    TaskKeys keys(*db_);
    for (const Settlement& move : moves) {
      const auto key = keys.find(move.task_id);
      moved.push_back(key && carry_out(*db_, *key, move, tally));
    }
    tally.write(*db_);
    return moved;
  });
}

std::vector<Task> SqliteStore::requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) {
  return db_->write([&] {
    const std::vector<DueTask> due = due_tasks(*db_, labourer_id, now, at_most);
    requeue(*db_, labourer_id, due);
    std::vector<Task> tasks;
    tasks.reserve(due.size());
    TaskKeys keys(*db_);
    Query find = select_tasks(*db_, kMovedByKey);
    for (const DueTask& task : due) {
      find.start(task.key).next();
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
