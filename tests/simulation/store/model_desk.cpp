// ModelStore: TaskDesk and EventLog.

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "simulation/store/model_store.h"

namespace sosw::simulation {

std::optional<TaskRecord> ModelStore::find(const std::string& task_id) {
  const Row* row = truth_.find(task_id);
  return row ? std::optional(row->record) : std::nullopt;
}

std::vector<TaskRecord> ModelStore::list(const TaskFilter& filter) {
  return list_in(seen_by_index(), filter);
}

std::vector<TaskRecord> ModelStore::list_in(const TaskTable& table, const TaskFilter& filter) {
  std::vector<const TaskRecord*> found;
  for (const auto& [id, row] : table.rows()) {
    const bool wanted = id > filter.after &&
                        (filter.labourer_id.empty() || row.record.task.labourer_id == filter.labourer_id) &&
                        (filter.job_id.empty() || id.starts_with(filter.job_id)) &&
                        (filter.closed ? row.closed() && row.record.closed == *filter.closed
                                       : !filter.table || row.record.table == *filter.table);
    if (wanted) found.push_back(&row.record);
  }
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(found.size(), filter.at_most));
  std::partial_sort(found.begin(), end, found.end(), [](const TaskRecord* a, const TaskRecord* b) {
    return std::tie(a->table, a->task.task_id) < std::tie(b->table, b->task.task_id);
  });
  std::vector<TaskRecord> records;
  for (auto record = found.begin(); record != end; ++record) records.push_back(**record);
  return records;
}

std::vector<TaskEvent> ModelStore::history(const std::string& task_id) {
  const auto found = events_.find(task_id);
  if (found == events_.end()) return {};
  std::vector<TaskEvent> events = found->second;
  std::ranges::stable_sort(events, {}, &TaskEvent::created_at);
  return events;
}

TaskDesk::Closed ModelStore::count_closed(const std::string& labourer_id) {
  Closed closed;
  for (const auto& [id, stored] : jobs_) {
    if (stored.job.labourer_id != labourer_id) continue;
    closed.completed += stored.job.progress.completed;
    closed.dead += stored.job.progress.dead;
    closed.cancelled += stored.job.progress.cancelled;
  }
  return closed;
}

std::vector<std::string> ModelStore::labourer_ids() {
  std::set<std::string> ids;
  for (const auto& [id, stored] : jobs_) ids.insert(stored.job.labourer_id);
  for (const auto& [id, control] : controls_) ids.insert(id);
  return {ids.begin(), ids.end()};
}

std::map<std::string, LabourerControl> ModelStore::controls() {
  std::map<std::string, LabourerControl> set = controls_;
  std::erase_if(set, [](const auto& entry) { return !entry.second.paused && !entry.second.limit; });
  return set;
}

void ModelStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  controls_[labourer_id] = control;
}

std::vector<bool> ModelStore::revive(std::span<const std::string> task_ids, Time now) {
  for (const std::string& id : task_ids) {
    const Row* row = truth_.find(id);
    if (!row || !row->closed() || row->record.closed != TaskRecord::Closed::dead) continue;
    if (!nlohmann::json::parse(row->record.task.payload, nullptr, false).is_object())
      throw StoreError(
          fmt::format("task {} can't be tried again: its payload is not a JSON object any more", id));
  }
  std::vector<bool> revived(task_ids.size());
  for (std::size_t i = task_ids.size(); i-- > 0;) revived[i] = revive_one(task_ids[i], now);
  return revived;
}

bool ModelStore::revive_one(const std::string& task_id, Time now) {
  const Row* found = truth_.find(task_id);
  if (!found) return false;
  Row row = *found;
  if (row.waiting()) {
    row.record.due = std::min(row.record.due.value_or(now), now);
    put(row);
    return true;
  }
  if (!row.closed() || row.record.closed != TaskRecord::Closed::dead) return false;
  const Task dead = row.record.task;
  row.record = {.task = {.task_id = dead.task_id,
                         .labourer_id = dead.labourer_id,
                         .created_at = dead.created_at,
                         .greenfield = front_of_line(dead.labourer_id, row.priority),
                         .payload = dead.payload}};
  put(row);
  if (Job* job = job_of(task_id)) --job->progress.dead;
  return true;
}

std::vector<bool> ModelStore::cancel(std::span<const std::string> task_ids, Time now) {
  std::vector<bool> cancelled;
  for (const std::string& id : task_ids) cancelled.push_back(cancel_one(id, now));
  return cancelled;
}

bool ModelStore::cancel_one(const std::string& task_id, Time now) {
  const Row* row = truth_.find(task_id);
  if (!row) return false;
  const bool queued = row->in_line() && row->record.task.greenfield < whole_unix_seconds(now);
  if (!queued && !row->waiting()) return false;
  close(*row, TaskRecord::Closed::cancelled, now);
  return true;
}

void ModelStore::close(Row row, TaskRecord::Closed closed, Time now) {
  row.record.table = TaskRecord::Table::closed;
  row.record.due.reset();
  row.record.closed = closed;
  row.record.closed_at = now;
  put(row);
  Job* job = job_of(row.id());
  if (!job) return;
  if (closed == TaskRecord::Closed::completed) ++job->progress.completed;
  if (closed == TaskRecord::Closed::dead) ++job->progress.dead;
  if (closed == TaskRecord::Closed::cancelled) ++job->progress.cancelled;
}

void ModelStore::record(std::span<const TaskEvent> events) {
  if (!keeps_events_) return;
  for (const TaskEvent& event : events) events_[event.task_id].push_back(event);
}

}  // namespace sosw::simulation
