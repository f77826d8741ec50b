// ModelStore: TaskStore.

#include <algorithm>
#include <limits>

#include "simulation/store/model_store.h"

namespace sosw::simulation {
namespace {

std::int64_t end_of_queue(Time now) { return whole_unix_seconds(now); }

/// The failure of the newest attempt was recorded: its greenfield lies before where its invocation put it.
bool failure_known(const Task& task) {
  return task.greenfield < invoked_greenfield(task.invoked_at.value_or(Time()));
}

void keep_words(Task& task, const std::string& stats, const std::string& result) {
  if (!stats.empty()) task.stats = stats;
  if (!result.empty()) task.result = result;
}

}  // namespace

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
  const auto& line = truth_.index(claim.labourer_id).line;
  for (auto entry = line.rbegin();
       entry != line.rend() && entry->first > newest_expired_greenfield(claim.now, claim.lapse); ++entry)
    ++running;
  const std::int64_t room = std::min(claim.at_most, claim.limit - running);

  std::vector<std::string> candidates;
  for (const auto& [greenfield, id] : seen_by_index().index(claim.labourer_id).line) {
    if (greenfield >= end_of_queue(claim.now) || std::ssize(candidates) >= room) break;
    candidates.push_back(id);
  }
  std::vector<Task> claimed;
  for (const std::string& id : candidates) {
    Row row = *truth_.find(id);
    Task& task = row.record.task;
    if (!row.in_line() || task.greenfield >= end_of_queue(claim.now)) continue;
    const Task before = task;
    task.greenfield = invoked_greenfield(claim.now);
    ++task.attempts;
    task.token = claim.token;
    task.invoked_at = claim.now;
    put(row);
    claimed.push_back(task);
    claimed.back().greenfield = before.greenfield;
    claimed.back().attempts = before.attempts;
  }
  return claimed;
}

void ModelStore::release(std::span<const Task> tasks) {
  for (const Task& task : tasks) {
    const Row* found = truth_.find(task.task_id);
    if (!found || !found->in_line() || found->record.task.token != task.token) continue;
    Row row = *found;
    row.record.task.greenfield = task.greenfield;
    row.record.task.attempts = task.attempts;
    row.record.task.token.clear();
    row.record.task.invoked_at.reset();
    put(row);
  }
}

std::vector<ReportOutcome> ModelStore::report(std::span<const Report> reports) {
  std::vector<ReportOutcome> outcomes;
  for (const Report& report : reports) outcomes.push_back(record_report(report));
  return outcomes;
}

ReportOutcome ModelStore::record_report(const Report& report) {
  const Row* found = truth_.find(report.task_id);
  if (!found) return ReportOutcome::unknown;
  if (found->closed()) return ReportOutcome::closed;
  Row row = *found;
  Task& task = row.record.task;
  if (report.succeeded) {
    if (task.completed_at) return ReportOutcome::repeated;
    row.record.table = TaskRecord::Table::queue;
    row.record.due.reset();
    task.completed_at = report.now;
  } else {
    if (report.token && *report.token != task.token) return ReportOutcome::stale;
    if (task.completed_at) return ReportOutcome::repeated;
    const bool invoked = row.in_line() && task.greenfield >= end_of_queue(report.now);
    if (!invoked) return report.token ? ReportOutcome::repeated : ReportOutcome::stale;
    if (failure_known(task)) return ReportOutcome::repeated;
    task.greenfield = std::min(newest_expired_greenfield(report.now, report.lapse),
                               invoked_greenfield(task.invoked_at.value_or(Time())) - 1);
    ++task.failed_attempts;
    task.reason = report.reason;
  }
  keep_words(task, report.stats, report.result);
  put(row);
  return ReportOutcome::recorded;
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

std::vector<Task> ModelStore::expired(const std::string& labourer_id, Time now, Seconds lapse,
                                      std::size_t at_most) {
  const TaskTable& seen = seen_by_index();
  const auto& line = seen.index(labourer_id).line;
  // Without a lapse every invoked task counts, also one of a clock that is ahead.
  const std::int64_t newest =
      lapse > 0 ? newest_expired_greenfield(now, lapse) : std::numeric_limits<std::int64_t>::max();
  std::vector<Task> tasks;
  for (auto entry = line.lower_bound({end_of_queue(now), ""});
       entry != line.end() && entry->first <= newest && tasks.size() < at_most; ++entry)
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
  if (!found || found->closed()) return false;
  const bool completes = settlement.to == Settlement::To::completed;
  if (!settlement.seen && !completes) return false;
  const Task& stored = found->record.task;
  if (settlement.seen && (found->waiting() || stored.greenfield != settlement.seen->greenfield ||
                          stored.token != settlement.seen->token))
    return false;
  if (!completes && stored.completed_at) return false;

  Row row = *found;
  Task& task = row.record.task;
  keep_words(task, settlement.stats, settlement.result);
  if (!settlement.reason.empty()) task.reason = settlement.reason;
  if (settlement.to == Settlement::To::retry) {
    row.record.table = TaskRecord::Table::retry;
    row.record.due = settlement.due;
    put(row);
    return true;
  }
  if (completes && !task.completed_at) task.completed_at = settlement.now;
  close(row, completes ? TaskRecord::Closed::completed : TaskRecord::Closed::dead, settlement.now);
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
  std::vector<Task> queued(candidates.size());
  const auto requeue = [&](std::size_t i, bool in_front) {
    Row row = *truth_.find(candidates[i]);
    row.record.table = TaskRecord::Table::queue;
    row.record.due.reset();
    row.record.task.greenfield =
        in_front ? front_of_line(labourer_id, row.priority) : end_of_line(labourer_id, row.priority);
    put(row);
    queued[i] = row.record.task;
  };
  // Those that were tried go to the front from the last one on, so that the earliest due is first.
  const auto tried = [&](const std::string& id) { return truth_.find(id)->record.task.attempts > 0; };
  for (std::size_t i = candidates.size(); i-- > 0;)
    if (tried(candidates[i])) requeue(i, true);
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!tried(candidates[i])) requeue(i, false);
  return queued;
}

std::optional<Time> ModelStore::next_due() {
  std::optional<Time> next;
  for (const auto& [labourer_id, index] : seen_by_index().indexes())
    if (!index.waiting.empty() && (!next || index.waiting.begin()->first < *next))
      next = index.waiting.begin()->first;
  return next;
}

TaskCounts ModelStore::count(const std::string& labourer_id, Time now, Seconds lapse) {
  const TaskTable::Index& index = seen_by_index().index(labourer_id);
  TaskCounts counts;
  for (const auto& [greenfield, id] : index.line) {
    if (greenfield < end_of_queue(now))
      ++counts.queued;
    else if (greenfield > newest_expired_greenfield(now, lapse))
      ++counts.running;
    else
      ++counts.expired;
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

std::int64_t ModelStore::end_of_line(const std::string& labourer_id, Priority priority) const {
  const Band band = band_of(priority);
  const auto& line = truth_.index(labourer_id).line;
  const auto behind = line.lower_bound({band.last + 1, ""});
  if (behind == line.begin() || std::prev(behind)->first < band.first) return band.start;
  return std::min(std::prev(behind)->first + 1, band.last);
}

std::int64_t ModelStore::front_of_line(const std::string& labourer_id, Priority priority) const {
  const Band band = band_of(priority);
  const auto& line = truth_.index(labourer_id).line;
  const auto oldest = line.lower_bound({band.first, ""});
  if (oldest == line.end() || oldest->first > band.last) return band.start - 1;
  return std::max(oldest->first - 1, band.first);
}

}  // namespace sosw::simulation
