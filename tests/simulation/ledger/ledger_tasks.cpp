// Ledger: from queued to running and back, and what workers say of it.

#include <algorithm>
#include <array>

#include "simulation/ledger/ledger.h"

namespace sosw::simulation {

void Ledger::claimed(const Caller& caller, const Claim& claim, const std::vector<Task>& tasks) {
  ++changes_;
  if (claim.now < caller.run_began || claim.now > caller.call_began)
    broken(Promise::timing, fmt::format("a claim is made for {:.3f}, but the clock stands at {:.3f}",
                                        claim.now.since_epoch(), caller.call_began.since_epoch()));
  for (const Task& task : tasks) claim_one(caller, claim, task);
  if (!tasks.empty()) check_limit(caller, claim);
}

void Ledger::claim_one(const Caller& caller, const Claim& claim, const Task& task) {
  TaskEntry& entry = known(task.task_id);
  if (entry.status != TaskStatus::queued || entry.completed)
    broken(Promise::I3, name_of(entry) + " was handed to another orchestrator");
  if (task.labourer_id != claim.labourer_id || task.labourer_id != job_of(entry).labourer_id)
    broken(Promise::I3, name_of(entry) + " was handed out for " + claim.labourer_id);
  if (task.payload != payload_of(entry))
    broken(Promise::I7, name_of(entry) + " was claimed as " + task.payload);
  if (task.attempts != entry.attempts || task.greenfield != entry.greenfield || task.token != claim.token)
    broken(Promise::I5, fmt::format("{} was claimed with attempts {}, greenfield {}", name_of(entry),
                                    task.attempts, task.greenfield));
  entry.position = entry.greenfield;
  set_status(entry, TaskStatus::invoked);
  entry.greenfield = greenfield_of_invocation(claim.now);
  entry.token = claim.token;
  entry.invoked_at = claim.now;
  entry.failed = false;
  ++entry.attempts;
  entry.tries.push_back({.token = claim.token,
                         .claimer = caller.actor,
                         .life = world_.life_of(caller.actor),
                         .true_start = claim.now - caller.skew});
  if (entry.attempts > labourer_for(entry).max_attempts)
    broken(Promise::I5, fmt::format("{} is in attempt {} of {}", name_of(entry), entry.attempts,
                                    labourer_for(entry).max_attempts));
  happened(entry, TaskAction::invoked);
  world_.coverage().note(Happened::claimed);
  verify(entry);
}

/// I4, by true time. Clocks that differ may take a task for expired that another takes for running; beyond
/// that, and the fraction of a second that greenfield has not, there is no excuse.
void Ledger::check_limit(const Caller& caller, const Claim& claim) {
  const auto limit = allowed(caller, claim.labourer_id);
  if (!limit)
    broken(Promise::I4, claim.labourer_id + " was invoked by someone who does not know its controls");
  if (claim.limit > *limit)
    broken(Promise::I4,
           fmt::format("{} may run {} tasks, but {} were asked for", claim.labourer_id, *limit, claim.limit));
  const LabourerState& state = labourers_.at(claim.labourer_id);
  const Time surely_running = world_.now() - attempt_timeout_of(*state.labourer) + widest_skew_ + 1;
  const auto running = std::ranges::count_if(state.invoked, [&](const TaskEntry* entry) {
    return entry->running() && entry->tries.back().true_start > surely_running;
  });
  if (running > *limit)
    broken(Promise::I4,
           fmt::format("{} tasks of {} run, its limit is {}", running, claim.labourer_id, *limit));
}

void Ledger::released(std::span<const Task> tasks) {
  ++changes_;
  for (const Task& task : tasks) {
    TaskEntry& entry = known(task.task_id);
    // Given up meanwhile and queued again, but not claimed again: it was refused all the same.
    const bool in_queue = entry.status == TaskStatus::invoked || entry.status == TaskStatus::queued;
    if (in_queue && !entry.completed && entry.token == task.token) {
      if (entry.tries.back().dispatch != Dispatch::Kind::refused)
        broken(Promise::I5, name_of(entry) + " was put back as if it had been refused");
      set_status(entry, TaskStatus::queued);
      entry.greenfield = entry.position;
      entry.token.clear();
      entry.failed = false;
      --entry.attempts;
      world_.coverage().note(Happened::released);
    }
    verify(entry);
  }
}

ReportOutcome Ledger::expected(const Report& report, const TaskEntry* entry) const {
  if (!entry) return ReportOutcome::unknown;
  if (entry->status == TaskStatus::closed) return ReportOutcome::closed;
  if (report.succeeded) return entry->completed ? ReportOutcome::repeated : ReportOutcome::recorded;
  if (report.token && *report.token != entry->token) return ReportOutcome::stale;
  if (entry->completed) return ReportOutcome::repeated;
  if (entry->status != TaskStatus::invoked)
    return report.token ? ReportOutcome::repeated : ReportOutcome::stale;
  return entry->failed ? ReportOutcome::repeated : ReportOutcome::recorded;
}

void Ledger::reported(std::span<const Report> reports, const std::vector<ReportAnswer>& answers) {
  ++changes_;
  static constexpr std::array kNotes = {Happened::success_reported, Happened::report_known,
                                        Happened::report_stale, Happened::report_of_closed,
                                        Happened::report_of_nothing};
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    TaskEntry* entry = find(report.task_id);
    const ReportOutcome outcome = expected(report, entry);
    if (answers[i].outcome != outcome)
      broken(Promise::I2, fmt::format("a report on {} had outcome {} instead of {}", report.task_id,
                                      static_cast<int>(answers[i].outcome), static_cast<int>(outcome)));
    if (answers[i].labourer_id != (entry ? job_of(*entry).labourer_id : ""))
      broken(Promise::I2, fmt::format("a report on {} is one of {}", report.task_id, answers[i].labourer_id));
    world_.coverage().note(outcome == ReportOutcome::recorded && !report.succeeded
                               ? Happened::failure_reported
                               : kNotes[static_cast<std::size_t>(outcome)]);
    if (!entry) continue;
    if (outcome == ReportOutcome::recorded && report.succeeded) {
      if (entry->status != TaskStatus::invoked) world_.coverage().note(Happened::success_while_not_invoked);
      if (entry->status != TaskStatus::invoked) {
        set_status(*entry, TaskStatus::queued);
        if (entry->greenfield < whole_unix_seconds(report.now))
          entry->greenfield = greenfield_of_invocation(report.now);
      }
      entry->completed = true;
      happened(*entry, TaskAction::marked_as_completed);
    } else if (outcome == ReportOutcome::recorded) {
      entry->failed = true;
      happened(*entry, TaskAction::marked_as_failed);
      const auto stored = truth_.admin.find(entry->id);
      if (!stored || stored->task.greenfield >= entry->greenfield ||
          stored->task.greenfield >
              greenfield_of_invocation(report.now - attempt_timeout_of(labourer_for(*entry))) ||
          stored->task.greenfield < whole_unix_seconds(report.now))
        broken(Promise::I1, name_of(*entry) + " failed, but is not expired");
      entry->greenfield = stored->task.greenfield;
    }
  }
  for (const Report& report : reports)
    if (TaskEntry* entry = find(report.task_id)) verify(*entry);
}

Attempt& Ledger::attempt_of(const Task& claimed) {
  TaskEntry& entry = known(claimed.task_id);
  const auto attempt = std::ranges::find(entry.tries, claimed.token, &Attempt::token);
  if (attempt == entry.tries.end()) broken(Promise::I3, name_of(entry) + " was invoked, but never claimed");
  return *attempt;
}

void Ledger::invoked(const Caller& caller, const Invocation& invocation) {
  TaskEntry& entry = known(invocation.task.task_id);
  Attempt& attempt = attempt_of(invocation.task);
  if (attempt.claimer != caller.actor || attempt.dispatch)
    broken(Promise::I3, name_of(entry) + " was invoked by someone who did not claim it, or twice");
  attempt.dispatch = Dispatch::Kind::unknown;
  // The worker gets the payload's own bytes, and the promised keys behind them.
  const std::string& payload = payload_of(entry);
  const std::string start = payload.substr(0, payload.rfind('}'));
  if (!invocation.event.starts_with(start) ||
      invocation.event.find("\"token\":\"" + attempt.token + '"', start.size()) == std::string::npos ||
      invocation.event.find("\"task_id\":\"" + entry.id + '"', start.size()) == std::string::npos)
    broken(Promise::I7, name_of(entry) + " was invoked with " + invocation.event);
}

void Ledger::dispatched(const Task& claimed, Dispatch::Kind kind, int workers) {
  const TaskEntry& entry = known(claimed.task_id);
  Attempt& attempt = attempt_of(claimed);
  attempt.dispatch = kind;
  attempt.workers = workers;
  const bool overlaps = workers > 0 && std::ranges::any_of(entry.tries, [&](const Attempt& other) {
                          return &other != &attempt && other.workers > 0;
                        });
  if (!overlaps) return;
  world_.coverage().note(Happened::attempts_overlapped);
  if (one_engine_) broken(Promise::timing, name_of(entry) + " runs twice at one time on one machine");
}

void Ledger::worker_ended(const Task& claimed, bool succeeded) {
  Attempt& attempt = attempt_of(claimed);
  --attempt.workers;
  (succeeded ? attempt.succeeded : attempt.failed) = true;
}

void Ledger::outcome_lost(const Task& claimed) { attempt_of(claimed).failed = true; }

}  // namespace sosw::simulation
