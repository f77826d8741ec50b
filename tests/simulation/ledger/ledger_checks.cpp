// Ledger: is the store as it must be?

#include <algorithm>
#include <cmath>
#include <limits>

#include "simulation/ledger/ledger.h"

namespace sosw::simulation {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

std::string_view to_string(TaskStatus status) {
  switch (status) {
    case TaskStatus::queued:
      return "queued";
    case TaskStatus::invoked:
      return "invoked";
    case TaskStatus::waiting:
      return "waiting";
    case TaskStatus::closed:
      return "closed";
  }
  return "lost";
}

TaskRecord::Table table_of(TaskStatus status) {
  if (status == TaskStatus::waiting) return TaskRecord::Table::retry;
  return status == TaskStatus::closed ? TaskRecord::Table::closed : TaskRecord::Table::queue;
}

std::string_view to_string(TaskRecord::Table table) {
  switch (table) {
    case TaskRecord::Table::queue:
      return "queue";
    case TaskRecord::Table::retry:
      return "retry";
    case TaskRecord::Table::closed:
      return "closed";
  }
  return "lost";
}

}  // namespace

Ledger::Ledger(const Settings& settings, Truth truth, World& world, bool one_engine)
    : truth_(std::move(truth)), world_(world), one_engine_(one_engine) {
  for (const auto& [id, labourer] : settings.labourers) labourers_[id].labourer = &labourer;
  for (int a = 0; a < world.hosts(); ++a)
    for (int b = 0; b < a; ++b)
      widest_skew_ = std::max(widest_skew_, std::abs(world.host(a).skew - world.host(b).skew));
}

/// "task 3 of job 0 (claimed)".
std::string Ledger::name_of(const TaskEntry& entry) const {
  return fmt::format("task {} of job {} ({}, {}{})", entry.index, entry.job, job_of(entry).labourer_id,
                     to_string(entry.status), entry.completed ? ", completed" : "");
}

TaskEntry* Ledger::find(const std::string& task_id) const {
  const auto found = tasks_.find(task_id);
  return found == tasks_.end() ? nullptr : found->second;
}

TaskEntry& Ledger::known(const std::string& task_id) {
  TaskEntry* entry = find(task_id);
  if (!entry) broken(Promise::I9, "task " + task_id + " belongs to no place of any job that was written");
  return *entry;
}

const std::string* Ledger::labourer_of(const std::string& task_id) const {
  const TaskEntry* entry = find(task_id);
  return entry ? &job_of(*entry).labourer_id : nullptr;
}

bool Ledger::holds(const std::string& task_id, const std::string& token) const {
  const TaskEntry* entry = find(task_id);
  return entry && entry->running() && entry->token == token;
}

/// The store chooses where in its band a task joins the queue.
void Ledger::adopt_position(TaskEntry& entry) {
  const auto record = truth_.admin.find(entry.id);
  if (!record) broken(Promise::I1, name_of(entry) + " is in no place");
  const Band band = band_of(job_of(entry).priority);  // which numbers they are does not matter
  const std::int64_t greenfield = record->task.greenfield;
  if (greenfield < band.first || greenfield > band.last)
    broken(Promise::I1, fmt::format("{} is queued at {}, outside of its band", name_of(entry), greenfield));
  entry.greenfield = greenfield;
}

void Ledger::verify(TaskEntry& entry) {
  const auto record = truth_.admin.find(entry.id);
  if (!record) broken(Promise::I1, name_of(entry) + " is in no place");
  compare(entry, *record);
}

void Ledger::compare(const TaskEntry& entry, const TaskRecord& record) const {
  const Task& task = record.task;
  if (record.table != table_of(entry.status))
    broken(entry.status == TaskStatus::closed ? Promise::I2 : Promise::I1,
           fmt::format("{} is in the {} table", name_of(entry), to_string(record.table)));
  if (task.payload != payload_of(entry)) {
    const bool of_another = std::ranges::count(jobs_[entry.job].payloads, task.payload) > 0;
    broken(of_another ? Promise::I9 : Promise::I7,
           fmt::format("{}: payload {} instead of {}", name_of(entry), task.payload, payload_of(entry)));
  }
  if (task.labourer_id != job_of(entry).labourer_id)
    broken(Promise::I9, name_of(entry) + " belongs to " + task.labourer_id);
  if (task.attempts != entry.attempts)
    broken(Promise::I5,
           fmt::format("{}: attempts {} instead of {}", name_of(entry), task.attempts, entry.attempts));
  if (task.token != entry.token)
    broken(Promise::I3,
           fmt::format("{}: token '{}' instead of '{}'", name_of(entry), task.token, entry.token));
  if (task.completed_at.has_value() != entry.completed)
    broken(Promise::I2,
           name_of(entry) + (entry.completed ? ": its success is forgotten" : ": a false success"));
  const bool in_queue = record.table == TaskRecord::Table::queue && !entry.completed;
  if (in_queue && task.greenfield != entry.greenfield)
    broken(Promise::I1,
           fmt::format("{}: greenfield {} instead of {}", name_of(entry), task.greenfield, entry.greenfield));
  if (entry.status == TaskStatus::waiting && record.due != entry.due)
    broken(Promise::timing, fmt::format("{}: due {:.3f} instead of {:.3f}", name_of(entry),
                                        record.due.value_or(Time()).since_epoch(), entry.due.since_epoch()));
  if (entry.status == TaskStatus::closed &&
      (record.closed != entry.closed_as || record.closed_at != entry.closed_at))
    broken(Promise::I2, name_of(entry) + " was closed again");
}

void Ledger::check_all() {
  ++checks_;
  std::size_t seen = 0;
  for (const auto table : {TaskRecord::Table::queue, TaskRecord::Table::retry, TaskRecord::Table::closed})
    for (const TaskRecord& record : truth_.list({.table = table, .at_most = kAll})) {
      TaskEntry& entry = known(record.task.task_id);
      if (entry.seen_in_check == checks_) broken(Promise::I1, name_of(entry) + " is in two places");
      entry.seen_in_check = checks_;
      ++seen;
      compare(entry, record);
    }
  if (seen != entries_.size())
    for (const TaskEntry& entry : entries_)
      if (entry.seen_in_check != checks_) broken(Promise::I1, name_of(entry) + " is in no place");
  for (const JobEntry& job : jobs_) check_job(job);
}

void Ledger::check_job(const JobEntry& job) const {
  const auto stored = truth_.jobs.find_job(job.job.job_id);
  if (!stored) broken(Promise::I9, "job " + job.job.job_id + " is gone");
  const JobProgress& progress = stored->progress;
  if (progress.scheduled != std::ssize(job.tasks) || progress.total != job.total)
    broken(Promise::I9, fmt::format("job {}: {} tasks are counted, {} were written", job.job.job_id,
                                    progress.scheduled, job.tasks.size()));
  if (progress.completed != job.completed || progress.dead != job.dead || progress.cancelled != job.cancelled)
    broken(Promise::I2,
           fmt::format("job {}: {} completed, {} dead, {} cancelled are counted instead of {}, {}, {}",
                       job.job.job_id, progress.completed, progress.dead, progress.cancelled, job.completed,
                       job.dead, job.cancelled));
}

bool Ledger::at_rest() const {
  if (open_tasks_ > 0) return false;
  return std::ranges::all_of(jobs_, [&](const JobEntry& job) {
    return job.finished() && (job.job.on_complete.empty() || job.notified);
  });
}

std::string Ledger::open_work() const {
  for (const TaskEntry& entry : entries_)
    if (entry.status != TaskStatus::closed) return name_of(entry) + " is still open";
  for (const JobEntry& job : jobs_) {
    if (!job.total)
      return fmt::format("job {} is cut into {} of its {} tasks", job.job.job_id, job.tasks.size(),
                         job.payloads.size());
    if (!job.job.on_complete.empty() && !job.notified)
      return "nobody was told that job " + job.job.job_id + " is finished";
  }
  return "nothing";
}

void Ledger::check_rest() const {
  for (const JobEntry& job : jobs_) {
    if (!job.stopped && std::ssize(job.tasks) != std::ssize(job.payloads))
      broken(Promise::I9, fmt::format("job {} has {} tasks, but {} were written", job.job.job_id,
                                      job.payloads.size(), job.tasks.size()));
    if (!job.job.on_complete.empty() && !was_delivered(job))
      broken(Promise::notifications, "nobody was told that job " + job.job.job_id + " is finished");
  }
}

}  // namespace sosw::simulation
