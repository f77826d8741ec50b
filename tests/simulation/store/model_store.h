#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/task_store.h"

#include "simulation/store/task_table.h"

namespace sosw::simulation {

/// The ports as their headers describe them, in memory, with the one weakness inherent in a store: reads
/// through an index (all but reads of a task by its id, and of jobs) may be slightly stale. Writes check the
/// current state, as conditional writes do.
class ModelStore final : public TaskStore, public JobStore, public AdminStore, public EventLog {
 public:
  struct Lag {
    std::function<Time()> now;        ///< true time
    std::function<Seconds()> draw;    ///< how long until the index shows a write
    std::function<void()> was_stale;  ///< called when a read was answered by a stale index
  };

  ModelStore() = default;  ///< without any lag
  explicit ModelStore(Lag lag) : lag_(std::move(lag)) {}

  /// Not stored: a day's events would fill the memory.
  void forget_events() { keeps_events_ = false; }

  /// list(), but never stale.
  std::vector<TaskRecord> list_truly(const TaskFilter& filter) const { return list_in(truth_, filter); }

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

  // EventLog
  void record(std::span<const TaskEvent>) override;

 private:
  struct StoredJob {
    Job job;
    std::optional<Time> notify_after;  ///< while on_complete is still to be called
  };
  struct Update {
    Time visible;
    Row row;
  };

  void put(const Row&);
  const TaskTable& seen_by_index();
  static std::vector<TaskRecord> list_in(const TaskTable&, const TaskFilter&);
  Job* job_of(const std::string& task_id);
  void count_closed(const Row&, std::int64_t tasks);
  bool cancel_one(const std::string& task_id, Time now);
  bool revive_one(const std::string& task_id, Time now);
  bool move(const Settlement&);
  ReportAnswer take_report(const Report&);
  std::int64_t next_end_position(const std::string& labourer_id, Priority) const;
  std::int64_t next_front_position(const std::string& labourer_id, Priority, std::int64_t tasks) const;

  TaskTable truth_;
  TaskTable index_;  ///< stale by the changes in updates_; unused without a lag
  std::deque<Update> updates_;
  Lag lag_;
  std::map<std::string, StoredJob> jobs_;
  std::map<std::string, LabourerControl> controls_;
  bool keeps_events_ = true;
  std::unordered_map<std::string, std::vector<TaskEvent>> events_;
};

}  // namespace sosw::simulation
