// ModelStore: TaskStore.

#include <algorithm>

#include "sosw/model/queue_position.h"

#include "simulation/store/model_store.h"

namespace sosw::simulation {

void ModelStore::put(const Row& row) {
  truth_.put(row);
  if (!lag_.draw) return;
  // One after the other, as a stream of changes is applied.
  const Time visible = lag_.now() + lag_.draw();
  updates_.push_back({updates_.empty() ? visible : std::max(visible, updates_.back().visible), row});
}

const TaskTable& ModelStore::seen_by_index() {
  if (!lag_.draw) return truth_;
  for (const Time now = lag_.now(); !updates_.empty() && updates_.front().visible <= now;
       updates_.pop_front())
    index_.put(updates_.front().row);
  if (!updates_.empty()) lag_.was_stale();
  return index_;
}

std::vector<Task> ModelStore::claim(const Claim& claim) {
  if (claim.at_most <= 0 || claim.limit <= 0) return {};
  std::int64_t running = 0;
  const auto& queue = truth_.index(claim.labourer_id).queue;
  const GreenfieldRange where = running_range(claim.now, claim.attempt_timeout);
  for (auto entry = queue.rbegin(); entry != queue.rend() && where.contains(entry->first); ++entry) ++running;
  const std::int64_t room = room_for(claim, running);

  std::vector<std::string> candidates;
  for (const auto& [greenfield, id] : seen_by_index().index(claim.labourer_id).queue) {
    if (!queued_range(claim.now).contains(greenfield) || std::ssize(candidates) >= room) break;
    candidates.push_back(id);
  }
  std::vector<Task> claimed;
  for (const std::string& id : candidates) {
    Row row = *truth_.find(id);
    if (!is_queued(row.record, claim.now)) continue;
    claimed.push_back(handed_out(claim, row.record.task));
    row.record.task = after_claim(claim, row.record.task);
    put(row);
  }
  return claimed;
}

void ModelStore::release(std::span<const Task> tasks) {
  for (const Task& task : tasks) {
    const Row* found = truth_.find(task.task_id);
    if (!found || !can_be_released(task, found->record)) continue;
    Row row = *found;
    row.record.task = after_release(task, row.record.task);
    put(row);
  }
}

std::vector<ReportAnswer> ModelStore::report(std::span<const Report> reports) {
  std::vector<ReportAnswer> answers;
  for (const Report& report : reports) answers.push_back(take_report(report));
  return answers;
}

ReportAnswer ModelStore::take_report(const Report& report) {
  const Row* found = truth_.find(report.task_id);
  if (!found) return {};
  Row row = *found;
  const ReportOutcome outcome = outcome_of(report, row.record);
  if (outcome == ReportOutcome::recorded) {
    row.record = after_report(report, row.record);
    put(row);
  }
  return {outcome, row.record.task.labourer_id};
}

std::vector<Task> ModelStore::completed(const std::string& labourer_id, std::size_t at_most) {
  const TaskTable& seen = seen_by_index();
  std::vector<Task> tasks;
  for (const std::string& id : seen.index(labourer_id).completed) {
    if (tasks.size() >= at_most) break;
    tasks.push_back(seen.find(id)->record.task);
  }
  return tasks;
}

std::vector<Task> ModelStore::expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                                      std::size_t at_most) {
  const TaskTable& seen = seen_by_index();
  const auto& queue = seen.index(labourer_id).queue;
  const GreenfieldRange where = expired_range(now, attempt_timeout);
  std::vector<Task> tasks;
  for (auto entry = queue.lower_bound({where.first, ""});
       entry != queue.end() && where.contains(entry->first) && tasks.size() < at_most; ++entry)
    tasks.push_back(seen.find(entry->second)->record.task);
  return tasks;
}

std::vector<bool> ModelStore::settle(std::span<const Settlement> moves) {
  std::vector<bool> moved;
  for (const Settlement& settlement : moves) moved.push_back(move(settlement));
  return moved;
}

bool ModelStore::move(const Settlement& settlement) {
  const Row* found = truth_.find(settlement.task_id);
  if (!found || !applies(settlement, found->record)) return false;
  Row row = *found;
  row.record = after_settlement(settlement, row.record);
  put(row);
  if (row.closed()) count_closed(row, 1);
  return true;
}

std::vector<Task> ModelStore::requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) {
  std::vector<std::string> candidates;
  for (const auto& [due, id] : seen_by_index().index(labourer_id).waiting) {
    if (due > now || candidates.size() >= at_most) break;
    candidates.push_back(id);
  }
  std::erase_if(candidates, [&](const std::string& id) {
    const Row& row = *truth_.find(id);
    return !row.waiting() || row.record.due.value_or(Time()) > now;
  });
  std::vector<Joining> due;
  for (const std::string& id : candidates)
    due.push_back({truth_.find(id)->priority, truth_.find(id)->record.task.attempts});
  std::vector<Task> queued(candidates.size());
  const auto requeue = [&](std::size_t i, std::int64_t position) {
    Row row = *truth_.find(candidates[i]);
    row.record = queued_at(position, row.record);
    put(row);
    queued[i] = row.record.task;
  };
  for (const auto& [priority, order] : joining_order(due)) {
    std::int64_t front = next_front_position(labourer_id, priority, std::ssize(order.in_front));
    for (const std::size_t i : order.in_front) requeue(i, front++);
    for (const std::size_t i : order.at_end) requeue(i, next_end_position(labourer_id, priority));
  }
  return queued;
}

std::optional<Time> ModelStore::next_due() {
  std::optional<Time> next;
  for (const auto& [labourer_id, index] : seen_by_index().indexes())
    if (!index.waiting.empty() && (!next || index.waiting.begin()->first < *next))
      next = index.waiting.begin()->first;
  return next;
}

TaskCounts ModelStore::count(const std::string& labourer_id, Time now, Seconds attempt_timeout) {
  const TaskTable::Index& index = seen_by_index().index(labourer_id);
  TaskCounts counts;
  for (const auto& [greenfield, id] : index.queue) {
    counts.queued += queued_range(now).contains(greenfield);
    counts.running += running_range(now, attempt_timeout).contains(greenfield);
    counts.expired += expired_range(now, attempt_timeout).contains(greenfield);
  }
  counts.completed = std::ssize(index.completed);
  counts.waiting = std::ssize(index.waiting);
  return counts;
}

std::vector<Task> ModelStore::find_open(std::span<const std::string> task_ids) {
  std::vector<Task> open;
  for (const std::string& id : task_ids)
    if (const Row* row = truth_.find(id); row && !row->closed()) open.push_back(row->record.task);
  return open;
}

std::int64_t ModelStore::next_end_position(const std::string& labourer_id, Priority priority) const {
  const Band band = band_of(priority);
  const auto& queue = truth_.index(labourer_id).queue;
  const auto behind = queue.lower_bound({band.last + 1, ""});
  const bool empty = behind == queue.begin() || std::prev(behind)->first < band.first;
  return end_position(band, empty ? std::nullopt : std::optional(std::prev(behind)->first));
}

std::int64_t ModelStore::next_front_position(const std::string& labourer_id, Priority priority,
                                             std::int64_t tasks) const {
  const Band band = band_of(priority);
  const auto& queue = truth_.index(labourer_id).queue;
  const auto oldest = queue.lower_bound({band.first, ""});
  const bool empty = oldest == queue.end() || oldest->first > band.last;
  return front_position(band, empty ? std::nullopt : std::optional(oldest->first), tasks);
}

}  // namespace sosw::simulation
