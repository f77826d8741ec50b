// Ledger: tasks leave the queue table, and come back.

#include "simulation/ledger/ledger.h"

namespace sosw::simulation {

void Ledger::set_status(TaskEntry& entry, TaskStatus to) {
  if (entry.status == TaskStatus::invoked) labourer_state(entry).invoked.erase(&entry);
  if (to == TaskStatus::invoked) labourer_state(entry).invoked.insert(&entry);
  if (to == TaskStatus::closed) --open_tasks_;
  if (entry.status == TaskStatus::closed) ++open_tasks_;
  entry.status = to;
}

void Ledger::close(TaskEntry& entry, TaskRecord::Closed as, Time now) {
  JobEntry& job = jobs_[entry.job];
  set_status(entry, TaskStatus::closed);
  entry.closed_as = as;
  entry.closed_at = now;
  switch (as) {
    case TaskRecord::Closed::completed:
      entry.completed = true;
      ++job.completed;
      happened(entry, TaskAction::archived);
      happened(entry, TaskAction::completed);
      world_.coverage().note(Happened::completed);
      break;
    case TaskRecord::Closed::dead:
      ++job.dead;
      happened(entry, TaskAction::archived_dead);
      happened(entry, TaskAction::failed);
      world_.coverage().note(Happened::closed_as_dead);
      break;
    case TaskRecord::Closed::cancelled:
      ++job.cancelled;
      world_.coverage().note(Happened::cancelled);
      break;
  }
}

bool Ledger::should_move(const TaskEntry& entry, const Settlement& move) const {
  if (entry.status == TaskStatus::closed) return false;
  const bool completes = move.to == Settlement::To::completed;
  if (!move.seen) return completes;
  const bool as_seen = entry.status != TaskStatus::waiting && entry.greenfield == move.seen->greenfield &&
                       entry.token == move.seen->token;
  return as_seen && (completes || !entry.completed);
}

/// An attempt may only be given up when its end is known, or when it was not heard of for long enough.
void Ledger::check_given_up(const TaskEntry& entry, const Settlement& move) const {
  if (entry.status == TaskStatus::queued)
    broken(Promise::timing, name_of(entry) + " was given up while queued");
  const Attempt& attempt = entry.tries.back();
  const bool timed_out =
      move.now >= entry.invoked_at + attempt_timeout_of(labourer_for(entry)) - 1;  // whole seconds
  const bool never_ran = attempt.dispatch ? attempt.workers == 0 && !attempt.succeeded
                                          : attempt.life != world_.life_of(attempt.claimer);
  if (!timed_out && !entry.failed && !attempt.failed && !never_ran)
    broken(Promise::timing, fmt::format("{} was given up {:.3f} s after its start, while it may still run",
                                        name_of(entry), move.now - entry.invoked_at));
}

void Ledger::settled(const Caller& caller, std::span<const Settlement> moves,
                     const std::vector<bool>& moved) {
  ++changes_;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (moves[i].now < caller.run_began || moves[i].now > caller.call_began)
      broken(Promise::timing, fmt::format("a task is settled for {:.3f}, but the clock stands at {:.3f}",
                                          moves[i].now.since_epoch(), caller.call_began.since_epoch()));
    move_one(moves[i], moved[i]);
  }
  for (const Settlement& move : moves) verify(known(move.task_id));  // one task may be named twice
}

void Ledger::move_one(const Settlement& move, bool moved) {
  TaskEntry& entry = known(move.task_id);
  const bool should = should_move(entry, move);
  if (moved != should)
    broken(Promise::I2, fmt::format("{} was{} settled, though it should{}", name_of(entry),
                                    moved ? "" : " not", should ? "" : " not"));
  if (!moved) world_.coverage().note(Happened::settle_too_late);
  if (moved) carry_out(entry, move);
}

void Ledger::carry_out(TaskEntry& entry, const Settlement& move) {
  const int most = labourer_for(entry).max_attempts;
  switch (move.to) {
    case Settlement::To::completed: {
      bool succeeded = false;
      for (const Attempt& attempt : entry.tries) succeeded = succeeded || attempt.succeeded;
      if (!succeeded)
        broken(Promise::I2, name_of(entry) + " was closed as completed, but no worker succeeded");
      close(entry, TaskRecord::Closed::completed, move.now);
      break;
    }
    case Settlement::To::dead:
      check_given_up(entry, move);
      if (entry.attempts < most)
        broken(Promise::I5,
               fmt::format("{} was buried after attempt {} of {}", name_of(entry), entry.attempts, most));
      close(entry, TaskRecord::Closed::dead, move.now);
      break;
    case Settlement::To::retry:
      check_given_up(entry, move);
      if (entry.attempts >= most)
        broken(Promise::I5, fmt::format("{} is to be tried again after attempt {} of {}", name_of(entry),
                                        entry.attempts, most));
      if (move.due < move.now) broken(Promise::timing, name_of(entry) + " is due before it failed");
      set_status(entry, TaskStatus::waiting);
      entry.due = move.due;
      happened(entry, TaskAction::scheduled_for_retry);
      happened(entry, TaskAction::failed);
      world_.coverage().note(Happened::postponed);
      break;
  }
}

void Ledger::requeued(const std::string& labourer_id, Time now, const std::vector<Task>& tasks) {
  ++changes_;
  for (const Task& task : tasks) {
    TaskEntry& entry = known(task.task_id);
    if (entry.status != TaskStatus::waiting) broken(Promise::I1, name_of(entry) + " was queued again");
    if (entry.due > now)
      broken(Promise::timing,
             fmt::format("{} was queued {:.3f} s too early", name_of(entry), entry.due - now));
    if (job_of(entry).labourer_id != labourer_id)
      broken(Promise::I1, name_of(entry) + " was queued for " + labourer_id);
    set_status(entry, TaskStatus::queued);
    entry.failed = false;
    adopt_position(entry);
    if (task.greenfield != entry.greenfield)
      broken(Promise::I1, fmt::format("{} is queued at {}, the answer was {}", name_of(entry),
                                      entry.greenfield, task.greenfield));
    happened(entry, TaskAction::ready_for_retry);
    world_.coverage().note(Happened::requeued);
    verify(entry);
  }
}

}  // namespace sosw::simulation
