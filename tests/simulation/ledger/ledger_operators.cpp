// Ledger: what people do, and what they are told.

#include <cmath>

#include "simulation/ledger/ledger.h"

namespace sosw::simulation {

Ledger::Readings& Ledger::readings_of(const Caller& caller) {
  Readings& readings = readings_[caller.actor];
  if (readings.run_began != caller.run_began) readings = {.run_began = caller.run_began};
  return readings;
}

void Ledger::control_set(const std::string& labourer_id, const LabourerControl& control) {
  ++changes_;
  controls_[labourer_id] = control;
}

void Ledger::controls_read(const Caller& caller, const std::map<std::string, LabourerControl>& read) {
  for (const auto& [id, control] : controls_) {
    const auto found = read.find(id);
    const LabourerControl seen = found == read.end() ? LabourerControl{} : found->second;
    if (seen.paused != control.paused || seen.limit != control.limit)
      broken(Promise::I4, id + "'s controls are not as they were set");
  }
  readings_of(caller).controls = read;
}

void Ledger::health_read(const Caller& caller, const std::string& labourer_id, std::optional<double> value) {
  if (value) readings_of(caller).health[labourer_id] = *value;
}

std::optional<std::int64_t> Ledger::allowed(const Caller& caller, const std::string& labourer_id) const {
  static constexpr std::array kShares = {0.0, 0.0, 0.5, 0.75, 1.0};
  const auto found = readings_.find(caller.actor);
  if (found == readings_.end() || found->second.run_began != caller.run_began || !found->second.controls)
    return std::nullopt;
  const Readings& read = found->second;
  const auto set = read.controls->find(labourer_id);
  const LabourerControl control = set == read.controls->end() ? LabourerControl{} : set->second;
  if (control.paused) return 0;
  const auto health = read.health.find(labourer_id);
  const double share = health == read.health.end() ? 1 : kShares.at(static_cast<std::size_t>(health->second));
  const int most = control.limit.value_or(labourers_.at(labourer_id).labourer->max_simultaneous_invocations);
  return static_cast<std::int64_t>(std::floor(most * share));
}

void Ledger::cancelled(std::span<const std::string> task_ids, const std::vector<bool>& answers, Time now) {
  ++changes_;
  for (std::size_t i = 0; i < task_ids.size(); ++i) {
    TaskEntry& entry = known(task_ids[i]);
    const bool should =
        !entry.completed && (entry.status == TaskStatus::queued || entry.status == TaskStatus::waiting);
    if (answers[i] != should) broken(Promise::I2, name_of(entry) + ": wrong answer to its cancellation");
    if (should) close(entry, TaskRecord::Closed::cancelled, now);
    verify(entry);
  }
}

void Ledger::revived(std::span<const std::string> task_ids, const std::vector<bool>& answers, Time now) {
  ++changes_;
  for (std::size_t i = 0; i < task_ids.size(); ++i) {
    TaskEntry& entry = known(task_ids[i]);
    const bool dead = entry.status == TaskStatus::closed && entry.closed_as == TaskRecord::Closed::dead;
    const bool waits = entry.status == TaskStatus::waiting;
    if (answers[i] != (dead || waits)) broken(Promise::I2, name_of(entry) + ": wrong answer to its revival");
    if (waits) {
      entry.due = std::min(entry.due, now);
      world_.coverage().note(Happened::hastened);
    }
    if (dead) {
      --jobs_[entry.job].dead;
      set_status(entry, TaskStatus::queued);
      entry.attempts = 0;
      entry.token.clear();
      entry.completed = entry.failed = false;
      adopt_position(entry);
      world_.coverage().note(Happened::revived);
    }
    verify(entry);
  }
}

void Ledger::recorded(std::span<const TaskEvent> events) {
  for (const TaskEvent& event : events) {
    TaskEntry& entry = known(event.task_id);
    const auto action = static_cast<std::size_t>(event.action);
    // Two schedulers that cut the same job in the same batches can't tell who of them wrote it.
    if (event.action == TaskAction::created) continue;
    if (++entry.told[action] > entry.happened[action] || event.labourer_id != job_of(entry).labourer_id)
      broken(Promise::events,
             fmt::format("{}: event {} was recorded {} times, but it happened {} times", name_of(entry),
                         to_string(event.action), entry.told[action], entry.happened[action]));
  }
}

void Ledger::alarm_raised(const std::string& message) {
  constexpr std::string_view kStart = "Closing dead task: ";
  if (!message.starts_with(kStart)) broken(Promise::events, "a strange alarm: " + message);
  TaskEntry& entry = known(message.substr(kStart.size(), 32));
  if (++entry.alarms > entry.happened[static_cast<std::size_t>(TaskAction::archived_dead)])
    broken(Promise::events, name_of(entry) + " is not dead, but an alarm says so");
}

}  // namespace sosw::simulation
