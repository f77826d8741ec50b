#include "store/sqlite/sqlite_event_log.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

constexpr char kInsertEvents[] = R"(
  INSERT INTO events (created_at, action, labourer_id, author, details, job_number, first, last, places)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))";

/// Events of one job that differ only in the task, stored as one row.
struct Group {
  const TaskEvent* like;
  std::int64_t job_number;
  std::int64_t first;
  std::int64_t last;
  std::string indexes;  ///< JSON array, not closed yet
};

bool alike(const TaskEvent& a, const TaskEvent& b) {
  return a.action == b.action && a.created_at == b.created_at && a.labourer_id == b.labourer_id &&
         a.details == b.details;
}

/// Tasks often come with two events each (completed, archived), one after the other: looking at the last few
/// groups is enough.
Group& group_for(std::vector<Group>& groups, const TaskEvent& event, TaskKey key) {
  constexpr std::size_t kLookedAt = 4;
  for (std::size_t i = groups.size(); i-- > 0 && groups.size() - i <= kLookedAt;)
    if (groups[i].job_number == key.job && alike(*groups[i].like, event)) return groups[i];
  return groups.emplace_back(Group{&event, key.job, key.index, key.index, ""});
}

std::vector<Group> grouped(std::span<const TaskEvent> events, TaskKeys& keys) {
  std::vector<Group> groups;
  for (const TaskEvent& event : events) {
    const auto key = keys.find(event.task_id);
    if (!key) {
      spdlog::warn("event {} is lost: the store knows no task {}", to_string(event.action), event.task_id);
      continue;
    }
    Group& group = group_for(groups, event, *key);
    group.first = std::min(group.first, key->index);
    group.last = std::max(group.last, key->index);
    group.indexes += group.indexes.empty() ? '[' : ',';
    fmt::format_to(std::back_inserter(group.indexes), "{}", key->index);
  }
  return groups;
}

}  // namespace

SqliteEventLog::SqliteEventLog(SqliteStore& store, std::string author)
    : store_(store), author_(std::move(author)) {}

void SqliteEventLog::record(std::span<const TaskEvent> events) {
  if (events.empty()) return;
  SqliteConnection& db = *store_.db_;
  try {
    db.write([&] {
      TaskKeys keys(db);
      Query insert = db.query(kInsertEvents);
      for (const Group& group : grouped(events, keys)) {
        const TaskEvent& event = *group.like;
        insert.run(event.created_at, std::string(to_string(event.action)), event.labourer_id, author_,
                   event.details, group.job_number, group.first, group.last, group.indexes + ']');
      }
    });
  } catch (const StoreError& error) {
    spdlog::warn("{} events are lost, from {} of task {} on: {}", events.size(),
                 to_string(events.front().action), events.front().task_id, error.what());
  }
}

}  // namespace sosw
