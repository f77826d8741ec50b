// TaskStore: counts and lists.

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kCompleted[] = R"(INDEXED BY tasks_completed
  WHERE place = 0 AND completed_at IS NOT NULL AND labourer_id = ?1 ORDER BY task_key LIMIT ?2)";
constexpr char kExpired[] = R"(INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield BETWEEN ?2 AND ?3
  ORDER BY greenfield LIMIT ?4)";
// Queued tasks are all other open ones: a queue of millions is not counted one by one.
constexpr char kCount[] = R"(
  SELECT (SELECT coalesce(sum(scheduled - completed - dead - cancelled), 0)
          FROM jobs CROSS JOIN job_progress USING (job_number) WHERE labourer_id = ?1),
         (SELECT count(*) FROM tasks INDEXED BY tasks_in_line
          WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1
                AND greenfield BETWEEN ?2 AND ?3),
         (SELECT count(*) FROM tasks INDEXED BY tasks_in_line
          WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1
                AND greenfield BETWEEN ?4 AND ?5),
         (SELECT count(*) FROM tasks INDEXED BY tasks_completed
          WHERE place = 0 AND completed_at IS NOT NULL AND labourer_id = ?1),
         (SELECT count(*) FROM tasks INDEXED BY tasks_waiting
          WHERE place = 1 AND labourer_id = ?1))";
constexpr char kOpenByKey[] = "WHERE task_key = ?1 AND place <> 2";

}  // namespace

std::vector<Task> SqliteStore::completed(const std::string& labourer_id, std::size_t at_most) {
  return db_->read([&] {
    TaskKeys keys(*db_);
    Query query = select_tasks(*db_, kCompleted);
    return tasks_from(query.start(labourer_id, limit_of(at_most)), keys);
  });
}

std::vector<Task> SqliteStore::expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                                       std::size_t at_most) {
  return db_->read([&] {
    TaskKeys keys(*db_);
    Query query = select_tasks(*db_, kExpired);
    const auto [first, last] = expired_range(now, attempt_timeout);
    query.start(labourer_id, first, last, limit_of(at_most));
    return tasks_from(query, keys);
  });
}

TaskCounts SqliteStore::count(const std::string& labourer_id, Time now, Seconds attempt_timeout) {
  return db_->read([&] {
    Query query = db_->query(kCount);
    const GreenfieldRange running = running_range(now, attempt_timeout);
    const GreenfieldRange expired = expired_range(now, attempt_timeout);
    query.start(labourer_id, running.first, running.last, expired.first, expired.last).next();
    TaskCounts counts{.running = query.integer(1),
                      .expired = query.integer(2),
                      .completed = query.integer(3),
                      .waiting = query.integer(4)};
    counts.queued = query.integer(0) - counts.running - counts.expired - counts.completed - counts.waiting;
    return counts;
  });
}

std::vector<Task> SqliteStore::find_open(std::span<const std::string> task_ids) {
  return db_->read([&] {
    TaskKeys keys(*db_);
    Query query = select_tasks(*db_, kOpenByKey);
    std::vector<Task> found;
    for (const std::string& task_id : task_ids)
      if (const auto key = keys.find(task_id); key && query.start(key->number()).next())
        found.push_back(task_from(query, keys));
    return found;
  });
}

}  // namespace sosw
