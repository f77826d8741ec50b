#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_store.h"

namespace sosw {

class SqliteConnection;

/// All tasks, jobs and events of an installation in one SQLite file, which people may read with the sqlite3
/// tool (its views sosw_tasks, sosw_retry_tasks, sosw_closed_tasks, sosw_tasks_meta and sosw_jobs,
/// its tables sosw_labourers and sosw_rules).
///
/// Each call is one transaction, except cancel_job, which is several small ones so that a large job does not
/// block others. accept, append and cancel_job have reached the disk when they return. Writes of other calls
/// survive the death of the process at once; a power failure may undo the latest of them, and a task then
/// runs again.
///
/// Several processes may have the file open. One object belongs to one thread at a time.
class SqliteStore final : public TaskStore, public JobStore, public AdminStore, public RuleStore {
 public:
  enum class Open {
    create,     ///< create the file if there is none; its folder must exist
    existing,   ///< the file must be a store already
    read_only,  ///< the same; every call that writes throws StoreError
  };

  /// Migrates a file of an older version, unless opened read_only. Throws StoreError, with the path and the
  /// fix, for a file that can't be used.
  SqliteStore(const std::filesystem::path& file, Open mode);
  ~SqliteStore() override;
  SqliteStore(SqliteStore&&) noexcept;
  SqliteStore& operator=(SqliteStore&&) noexcept;

  /// Differs from an earlier answer when another connection changed the file in between. Takes microseconds.
  std::int64_t version();

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
  std::vector<Job> find_jobs(const JobFilter&) override;
  std::optional<std::int64_t> cancel_job(const std::string& job_id, Time now) override;
  std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) override;
  void notified(const std::string& job_id) override;

  // AdminStore
  std::optional<TaskRecord> find(const std::string& task_id) override;
  std::vector<TaskRecord> list(const TaskFilter&) override;
  std::vector<TaskEvent> history(const std::string& task_id) override;
  Closed count_closed(const std::string& labourer_id) override;
  std::optional<JobCells> cells(const std::string& job_id, std::size_t at_most, Time now) override;
  std::vector<std::string> labourer_ids() override;
  std::map<std::string, LabourerControl> controls() override;
  void set_control(const std::string& labourer_id, const LabourerControl&) override;
  std::vector<bool> revive(std::span<const std::string> task_ids, Time now) override;
  std::vector<bool> cancel(std::span<const std::string> task_ids, Time now) override;

  // RuleStore
  std::vector<RuleProgress> rule_progress() override;
  void keep_rule_progress(std::span<const RuleStep>) override;

 private:
  friend class SqliteEventLog;
  std::unique_ptr<SqliteConnection> db_;
};

}  // namespace sosw
