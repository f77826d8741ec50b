#include "simulation/store/task_table.h"

namespace sosw::simulation {

const TaskTable::Index& TaskTable::index(const std::string& labourer_id) const {
  static const Index empty;
  const auto found = indexes_.find(labourer_id);
  return found == indexes_.end() ? empty : found->second;
}

void TaskTable::put(const Row& row) {
  const auto [it, is_new] = rows_.try_emplace(row.id(), row);
  if (!is_new) {
    leave(it->second);
    it->second = row;
  }
  enter(it->second);
}

void TaskTable::enter(const Row& row) {
  Index& index = indexes_[row.record.task.labourer_id];
  if (row.in_queue()) index.queue.emplace(row.record.task.greenfield, row.id());
  if (row.completed()) index.completed.insert(row.id());
  if (row.waiting()) index.waiting.emplace(row.record.due.value_or(Time()), row.id());
}

void TaskTable::leave(const Row& row) {
  Index& index = indexes_[row.record.task.labourer_id];
  if (row.in_queue()) index.queue.erase({row.record.task.greenfield, row.id()});
  if (row.completed()) index.completed.erase(row.id());
  if (row.waiting()) index.waiting.erase({row.record.due.value_or(Time()), row.id()});
}

}  // namespace sosw::simulation
