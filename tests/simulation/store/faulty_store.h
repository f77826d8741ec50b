#pragma once

#include <string>

#include "sosw/model/errors.h"

#include "simulation/ledger/run_watch.h"
#include "simulation/store/conditions.h"
#include "simulation/store/true_store.h"

namespace sosw::simulation {

/// The store as seen by one actor. Every call takes time, in which others run; it may crash the actor or
/// throw StoreError before its effect or after it, or do half of a batch. The ledger learns of the effect at
/// the same moment.
class FaultyStore final : public TaskStore, public JobStore, public AdminStore, public EventLog {
 public:
  FaultyStore(Actor& actor, TrueStore& truth, Conditions& conditions, Ledger& ledger, RunWatch& watch)
      : actor_(actor), truth_(truth), conditions_(conditions), ledger_(ledger), watch_(watch) {}

  // TaskStore
  std::vector<Task> claim(const Claim&) override;
  void release(std::span<const Task> tasks) override;
  std::vector<ReportAnswer> report(std::span<const Report>) override;
  std::vector<Task> completed(const std::string& labourer_id, std::size_t at_most) override;
  std::vector<Task> expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                            std::size_t at_most) override;
  std::vector<bool> settle(std::span<const Settlement>) override;
  std::vector<Task> requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) override;
  std::optional<Time> next_due() override;
  TaskCounts count(const std::string& labourer_id, Time now, Seconds attempt_timeout) override;
  std::vector<Task> find_open(std::span<const std::string> task_ids) override;

  // JobStore
  Job accept(const Job&) override;
  AcceptedJob accept_with_tasks(const Job&, std::span<const std::string> payloads, bool last,
                                Time now) override;
  std::int64_t append(const Job&, std::int64_t first_index, std::span<const std::string> payloads, bool last,
                      Time now) override;
  std::vector<Job> unfinished() override;
  std::optional<Job> find_job(const std::string& job_id) override;
  std::vector<Job> list_jobs(std::size_t at_most) override;
  std::optional<std::int64_t> cancel_job(const std::string& job_id, Time now) override;
  std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) override;
  void notified(const std::string& job_id) override;

  // AdminStore
  std::optional<TaskRecord> find(const std::string& task_id) override;
  std::vector<TaskRecord> list(const TaskFilter&) override;
  std::vector<TaskEvent> history(const std::string& task_id) override;
  Closed count_closed(const std::string& labourer_id) override;
  std::vector<std::string> labourer_ids() override;
  std::map<std::string, LabourerControl> controls() override;
  void set_control(const std::string& labourer_id, const LabourerControl&) override;
  std::vector<bool> revive(std::span<const std::string> task_ids, Time now) override;
  std::vector<bool> cancel(std::span<const std::string> task_ids, Time now) override;

  // EventLog: events may be lost, but nothing is thrown.
  void record(std::span<const TaskEvent>) override;

  Caller caller() const {
    return {actor_.index(), actor_.now() - actor_.world().now(), watch_.began(), actor_.now()};
  }

 private:
  /// Executes `effect(caller, half)`, with the active faults before and after. `items`: how many the call
  /// names, so that half of it can be done.
  template <typename Effect>
  auto perform(Call call, const std::string& labourer_id, std::size_t items, Effect effect) {
    const Caller who = caller();
    arrive(call, labourer_id);
    const bool half = items > 1 && world().chance().happens(conditions_.faults.half_done);
    auto answer = effect(who, half);
    leave(call, labourer_id, half);
    return answer;
  }
  /// The same for a call that only reads.
  template <typename Read>
  auto look(Call call, const std::string& labourer_id, Read read) {
    return perform(call, labourer_id, 1, [&](const Caller&, bool) { return read(); });
  }

  World& world() const { return actor_.world(); }
  void arrive(Call, const std::string& labourer_id);
  void leave(Call, const std::string& labourer_id, bool half);
  void wait();
  [[noreturn]] void fail(Call, const std::string& labourer_id, Happened, const char* why);
  /// The function is called only when the trace is printed.
  template <typename Describe>
  void note(Call call, std::size_t items, Describe describe) {
    world().trace().step(static_cast<std::uint64_t>(call) << 32 | items);
    if (world().trace().keeps_lines()) world().say(actor_.name(), "{} {}", to_string(call), describe());
  }
  std::string labourer_of(const std::string& task_id) const;

  Actor& actor_;
  TrueStore& truth_;
  Conditions& conditions_;
  Ledger& ledger_;
  RunWatch& watch_;
};

}  // namespace sosw::simulation
