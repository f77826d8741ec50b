// ModelStore: AdminStore and EventLog.

#include <algorithm>
#include <set>

#include "sosw/model/errors.h"
#include "sosw/model/manual_moves.h"

#include "simulation/store/model_store.h"
#include "text/parse_json.h"

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
    if (matches(filter, row.record)) found.push_back(&row.record);
  }
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(found.size(), filter.at_most));
  std::partial_sort(found.begin(), end, found.end(),
                    [](const TaskRecord* a, const TaskRecord* b) { return is_listed_before(*a, *b); });
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

AdminStore::Closed ModelStore::count_closed(const std::string& labourer_id) {
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
    if (row && revival_of(row->record) == Revival::renewal && !is_json_object(row->record.task.payload))
      throw StoreError(unreadable_payload(id));
  }
  std::vector<bool> revived(task_ids.size());
  for (std::size_t i = task_ids.size(); i-- > 0;) revived[i] = revive_one(task_ids[i], now);
  return revived;
}

bool ModelStore::revive_one(const std::string& task_id, Time now) {
  const Row* found = truth_.find(task_id);
  if (!found) return false;
  Row row = *found;
  switch (revival_of(row.record)) {
    case Revival::none:
      return false;
    case Revival::hastening:
      row.record.due = hastened_due(row.record, now);
      break;
    case Revival::renewal:
      count_closed(row, -1);
      row.record = renewed(row.record, next_front_position(row.record.task.labourer_id, row.priority, 1));
      break;
  }
  put(row);
  return true;
}

std::vector<bool> ModelStore::cancel(std::span<const std::string> task_ids, Time now) {
  std::vector<bool> cancelled;
  for (const std::string& id : task_ids) cancelled.push_back(cancel_one(id, now));
  return cancelled;
}

bool ModelStore::cancel_one(const std::string& task_id, Time now) {
  const Row* found = truth_.find(task_id);
  if (!found || !can_be_cancelled(found->record, now)) return false;
  Row row = *found;
  row.record = closed_as(row.record, TaskRecord::Closed::cancelled, now);
  put(row);
  count_closed(row, 1);
  return true;
}

void ModelStore::count_closed(const Row& row, std::int64_t tasks) {
  if (Job* job = job_of(row.id())) job->progress.count(row.record.closed, tasks);
}

void ModelStore::record(std::span<const TaskEvent> events) {
  if (!keeps_events_) return;
  for (const TaskEvent& event : events) events_[event.task_id].push_back(event);
}

}  // namespace sosw::simulation
