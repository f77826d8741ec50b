// StoreAdminService: reading tasks.

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/task_id.h"

#include "admin/store_admin_service.h"
#include "admin/task_view.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::int32_t>::max();

bool matches(const TaskFilter& filter, const Task& task) {
  return task.task_id > filter.after &&
         (filter.labourer_id.empty() || task.labourer_id == filter.labourer_id) &&
         (filter.job_id.empty() || job_id_of(task.task_id) == filter.job_id);
}

/// Invoked tasks that are not closed; they are few compared with the queued ones, whose table they share.
std::vector<TaskRecord> invoked_tasks(TaskStore& store, std::span<const std::string> labourer_ids,
                                      const TaskFilter& filter, Time now) {
  std::vector<TaskRecord> invoked;
  for (const std::string& id : labourer_ids)
    for (Task& task : store.expired(id, now, 0, kAll))
      if (matches(filter, task)) invoked.push_back({.task = std::move(task)});
  std::ranges::sort(invoked, {}, [](const TaskRecord& record) { return record.task.task_id; });
  return invoked;
}

/// Reads as many more as may be invoked ones.
std::vector<TaskRecord> queued_tasks(const StoreAdminService::Parts& parts,
                                     std::span<const std::string> labourer_ids, TaskFilter filter, Time now) {
  filter.table = TaskRecord::Table::queue;
  for (const std::string& id : labourer_ids) {
    const TaskCounts counts = parts.tasks.count(id, now, 0);
    filter.at_most += static_cast<std::size_t>(counts.running + counts.expired + counts.completed);
  }
  std::vector<TaskRecord> records = parts.admin.list(filter);
  std::erase_if(records, [&](const TaskRecord& record) { return view_of(record, now, 0) != "queued"; });
  return records;
}

}  // namespace

void require_task_state(std::string_view state, std::string_view where) {
  if (std::ranges::find(kTaskStates, state) == kTaskStates.end())
    throw AdminError(AdminError::Kind::invalid,
                     fmt::format("{} {}: must be one of {}{}", where, state, fmt::join(kTaskStates, ", "),
                                 did_you_mean(state, kTaskStates)));
}

std::string StoreAdminService::tasks(const TaskQuery& query) {
  if (!query.state.empty()) require_task_state(query.state, "state");
  if (!query.after.empty() && !is_task_id(query.after))
    throw AdminError(AdminError::Kind::invalid,
                     fmt::format("after: {} is no task id, which is 32 lower-case hex digits", query.after));
  if (!query.after.empty() && query.state.empty())
    throw AdminError(AdminError::Kind::invalid,
                     "after: needs a state beside it, because only tasks of one state are in one order");
  if (!query.labourer_id.empty()) require_labourer(query.labourer_id);
  const Time now = parts_.clock.now();
  std::vector<std::string> objects;
  for (const TaskRecord& record : find_tasks(query, now)) objects.push_back(text_of(record, now));
  return fmt::format("[{}]", fmt::join(objects, ",\n"));
}

std::vector<TaskRecord> StoreAdminService::find_tasks(const TaskQuery& query, Time now) {
  TaskFilter filter{.labourer_id = query.labourer_id,
                    .job_id = query.job_id.empty() ? "" : find_job(query.job_id).job_id,
                    .at_most = query.at_most,
                    .after = query.after};
  std::vector<TaskRecord> records;
  if (query.state == "running") {
    records = invoked_tasks(parts_.tasks, labourer_ids(), filter, now);
  } else if (query.state == "queued") {
    records = queued_tasks(parts_, labourer_ids(), filter, now);
  } else {
    if (query.state == "retrying" || query.state == "waiting") filter.table = TaskRecord::Table::retry;
    if (query.state == "completed") filter.closed = TaskRecord::Closed::completed;
    if (query.state == "dead") filter.closed = TaskRecord::Closed::dead;
    if (query.state == "cancelled") filter.closed = TaskRecord::Closed::cancelled;
    if (filter.closed) filter.table = TaskRecord::Table::closed;
    records = parts_.admin.list(filter);
  }
  if (records.size() > query.at_most) records.resize(query.at_most);
  return records;
}

std::string StoreAdminService::task(const std::string& task_id) {
  require_tasks({&task_id, 1});
  const auto record = parts_.admin.find(task_id);
  if (!record) throw StoreError(fmt::format("task {} can't be read", task_id));
  const std::vector<TaskEvent> history = parts_.admin.history(task_id);
  return text_of(*record, parts_.clock.now(), &history);
}

void StoreAdminService::require_tasks(std::span<const std::string> task_ids) {
  for (const std::string& id : task_ids) {
    if (!is_task_id(id))
      throw AdminError(AdminError::Kind::invalid,
                       fmt::format("{}: a task id is 32 lower-case hex digits; `sosw tasks` lists them", id));
    if (!parts_.admin.find(id))
      throw AdminError(AdminError::Kind::not_found,
                       fmt::format("there is no task {}; `sosw tasks` lists them", id));
  }
}

Seconds StoreAdminService::attempt_timeout_of(const std::string& labourer_id) const {
  const auto labourer = parts_.settings.labourers.find(labourer_id);
  return labourer == parts_.settings.labourers.end() ? Labourer{}.attempt_timeout()
                                                     : labourer->second.attempt_timeout();
}

std::string StoreAdminService::text_of(const TaskRecord& record, Time now,
                                       const std::vector<TaskEvent>* history) const {
  return json_of(record, view_of(record, now, attempt_timeout_of(record.task.labourer_id)), history);
}

}  // namespace sosw
