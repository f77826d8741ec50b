#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/task_store.h"

#include "essentials/settings.h"
#include "simulation/ledger/entries.h"
#include "simulation/ledger/promises.h"
#include "simulation/machine/world.h"

namespace sosw::simulation {

/// The caller of a call, and its clock.
struct Caller {
  int actor = 0;
  Seconds skew = 0;
  Time run_began;   ///< of the essential's present run, by the caller's clock
  Time call_began;  ///< before it had to wait for the store
};

/// The rules of the model, written a second time, so that a change of the model is detected here.
inline std::int64_t greenfield_of_invocation(Time now) { return whole_unix_seconds(now) + 31'557'600; }
inline Seconds attempt_timeout_of(const Labourer& labourer) { return labourer.duration + labourer.cooldown; }

/// An observer of the true events: it gets the arguments and the answer of each call of the store right after
/// the call took effect, whether or not the caller survives to receive it, and the fate of each worker. From
/// these alone it knows where every task must be, compares the store with it, and throws PromiseBroken for
/// the first broken promise.
class Ledger {
 public:
  /// The true store, without any faults.
  struct Truth {
    JobStore& jobs;
    AdminStore& admin;
    std::function<std::vector<TaskRecord>(const TaskFilter&)> list;  ///< never stale
  };
  /// `one_engine`: workers never outlive it, so that no two attempts of a task may run at one time.
  Ledger(const Settings&, Truth, World&, bool one_engine);

  // Jobs.
  void accepted(const Job& asked, const Job& stored);
  void appended(const Job&, std::int64_t first_index, std::size_t payloads, std::int64_t cursor, Time now);
  void job_cancelled(const std::string& job_id, std::optional<std::int64_t> cancelled, Time now);
  void notifications_claimed(const std::vector<Job>&, Time now, Time until);
  void delivered(const std::string& job_id);
  void notified(const std::string& job_id);

  // Tasks.
  void claimed(const Caller&, const Claim&, const std::vector<Task>&);
  void released(std::span<const Task>);
  void reported(std::span<const Report>, const std::vector<ReportAnswer>&);
  void settled(const Caller&, std::span<const Settlement>, const std::vector<bool>& moved);
  void requeued(const std::string& labourer_id, Time now, const std::vector<Task>&);
  void recorded(std::span<const TaskEvent>);
  void alarm_raised(const std::string& message);

  // Operators.
  void control_set(const std::string& labourer_id, const LabourerControl&);
  void controls_read(const Caller&, const std::map<std::string, LabourerControl>&);
  void health_read(const Caller&, const std::string& labourer_id, std::optional<double> value);
  void cancelled(std::span<const std::string> task_ids, const std::vector<bool>&, Time now);
  void revived(std::span<const std::string> task_ids, const std::vector<bool>&, Time now);

  // Functions.
  /// An orchestrator passes an attempt to the functions.
  void invoked(const Caller&, const Invocation&);
  void dispatched(const Task& claimed, Dispatch::Kind, int workers);
  void worker_ended(const Task& claimed, bool succeeded);
  void outcome_lost(const Task& claimed);  ///< died with the process that should have settled it

  /// How many tasks the labourer may run, by the caller's latest reading. nullopt when it read nothing.
  std::optional<std::int64_t> allowed(const Caller&, const std::string& labourer_id) const;
  /// Whether the claim of this token still holds its task, as if nothing had happened to it.
  bool holds(const std::string& task_id, const std::string& token) const;
  const std::string* labourer_of(const std::string& task_id) const;

  /// Compares everything with the store.
  void check_all();
  /// How many changes of the store since the last call.
  std::int64_t take_changes() { return std::exchange(changes_, 0); }

  bool at_rest() const;
  std::string open_work() const;  ///< for people: what is still open
  /// When everything is at rest: throws unless every job is exactly its tasks and all events are recorded.
  void check_rest() const;

 private:
  struct LabourerState {
    const Labourer* labourer = nullptr;
    std::set<TaskEntry*> invoked;  ///< in the queue table with a greenfield of an invocation
  };
  /// What an orchestrator read in its present run.
  struct Readings {
    Time run_began;
    std::optional<std::map<std::string, LabourerControl>> controls;
    std::map<std::string, double> health;
  };

  const Job& job_of(const TaskEntry& entry) const { return jobs_[entry.job].job; }
  LabourerState& labourer_state(const TaskEntry& entry) { return labourers_.at(job_of(entry).labourer_id); }
  const Labourer& labourer_for(const TaskEntry& entry) const {
    return *labourers_.at(job_of(entry).labourer_id).labourer;
  }
  const std::string& payload_of(const TaskEntry& entry) const {
    return jobs_[entry.job].payloads[static_cast<std::size_t>(entry.index)];
  }
  std::string name_of(const TaskEntry&) const;  ///< for people

  TaskEntry& known(const std::string& task_id);
  Attempt& attempt_of(const Task& claimed);
  TaskEntry* find(const std::string& task_id) const;
  JobEntry& known_job(const std::string& job_id);
  Readings& readings_of(const Caller&);

  void write_task(JobEntry&, std::int64_t index, Time now);
  void claim_one(const Caller&, const Claim&, const Task&);
  void check_limit(const Caller&, const Claim&);
  void move_one(const Settlement&, bool moved);
  void carry_out(TaskEntry&, const Settlement&);
  bool should_move(const TaskEntry&, const Settlement&) const;
  void check_given_up(const TaskEntry&, const Settlement&) const;
  ReportOutcome expected(const Report&, const TaskEntry*) const;
  void close(TaskEntry&, TaskRecord::Closed, Time now);
  void set_status(TaskEntry&, TaskStatus);
  void happened(TaskEntry& entry, TaskAction action) { ++entry.happened[static_cast<std::size_t>(action)]; }

  /// Reads the task from the store and compares; adopts the greenfield where the store may choose it.
  void verify(TaskEntry&);
  void compare(const TaskEntry&, const TaskRecord&) const;
  void adopt_position(TaskEntry&);
  void check_job(const JobEntry&) const;
  bool was_delivered(const JobEntry&) const;

  Truth truth_;
  World& world_;
  bool one_engine_;
  Seconds widest_skew_ = 0;  ///< between two clocks
  std::deque<TaskEntry> entries_;
  std::unordered_map<std::string, TaskEntry*> tasks_;
  std::deque<JobEntry> jobs_;
  std::unordered_map<std::string, std::size_t> job_index_;
  std::map<std::string, LabourerState> labourers_;
  std::map<std::string, LabourerControl> controls_;
  std::map<int, Readings> readings_;  ///< by actor
  std::int64_t open_tasks_ = 0;
  std::int64_t changes_ = 0;
  std::uint32_t checks_ = 0;
};

}  // namespace sosw::simulation
