#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/random.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_store.h"

#include "aws/clients/dynamo_db.h"
#include "aws/clients/s3.h"

namespace sosw::aws {

/// The tables of an installation (SPEC 2), by their usual names.
struct DynamoTables {
  std::string tasks = "sosw_tasks";
  std::string tasks_by_greenfield = "sosw_tasks_greenfield";
  std::string retry = "sosw_retry_tasks";
  std::string retry_by_due = "labourer_id_greenfield";
  std::string closed = "sosw_closed_tasks";
  std::string closed_by_status = "labourer_task_status_with_time";
  std::string meta = "sosw_tasks_meta";

  /// The names of the fields of the tasks, retry and closed tables where they are not the usual ones, from
  /// the usual name to that one; see field_names.h.
  std::map<std::string, std::string> field_names;

  /// Of S3, for payloads, jobs and results too large for a row; empty: they are refused, or left out, and
  /// tasks whose payload another system put there are not claimed.
  /// We never delete its objects: give their prefix sosw/ a lifecycle rule longer than any task waits and any
  /// result is needed.
  std::string bucket;

  /// Their required definitions, used to create missing ones.
  std::vector<TableDescription> descriptions() const;
};

/// The ports of a store, on DynamoDB, in tables that a Python installation can share (SPEC 15). Many may use
/// them at once, anywhere, if their clocks agree within seconds. Jobs, leases, tallies and the progress of
/// rules are rows of the tasks table that are not reachable by any task id.
///
/// Indexes are eventually consistent. claim() therefore reads from its lease row what was marked recently;
/// completed(), expired() and count() may miss the latest changes, and find them at the next call. Payloads
/// and results must fit a row of 400 KB, unless there is a bucket for larger ones.
///
/// Where fields have other names, the given DynamoDb translates them from then on, for all its users.
class DynamoStore final : public TaskStore, public JobStore, public AdminStore, public RuleStore {
 public:
  /// `s3` is for the bucket named in the tables.
  DynamoStore(DynamoDb&, Random&, DynamoTables, S3* s3 = nullptr);
  DynamoStore(DynamoDb& db, Random& random) : DynamoStore(db, random, DynamoTables()) {}
  ~DynamoStore() override;

  /// Reads the provisioned capacity of the tables, and uses at most half of it from now on: batches are
  /// written slowly, and fewer tasks are claimed at once. Tables on demand have no such limit. Throws
  /// StoreError.
  void keep_to_capacity();

  std::vector<Task> claim(const Claim&) override;
  void release(std::span<const Task>) override;
  std::vector<ReportAnswer> report(std::span<const Report>) override;
  std::vector<Task> completed(const std::string& labourer_id, std::size_t at_most) override;
  std::vector<Task> expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                            std::size_t at_most) override;
  std::vector<bool> settle(std::span<const Settlement>) override;
  std::vector<Task> requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) override;
  std::optional<Time> next_due() override;
  TaskCounts count(const std::string& labourer_id, Time now, Seconds attempt_timeout) override;
  std::vector<Task> find_open(std::span<const std::string> task_ids) override;

  Job accept(const Job&) override;
  std::int64_t append(const Job&, std::int64_t first_index, std::span<const std::string> payloads, bool last,
                      Time now) override;
  std::vector<Job> unfinished() override;
  std::optional<Job> find_job(const std::string& job_id) override;
  std::vector<Job> list_jobs(std::size_t at_most) override;
  std::optional<std::int64_t> cancel_job(const std::string& job_id, Time now) override;
  std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) override;
  void notified(const std::string& job_id) override;

  std::optional<TaskRecord> find(const std::string& task_id) override;
  std::vector<TaskRecord> list(const TaskFilter&) override;
  std::vector<TaskEvent> history(const std::string& task_id) override;
  AdminStore::Closed count_closed(const std::string& labourer_id) override;
  std::vector<std::string> labourer_ids() override;
  std::map<std::string, LabourerControl> controls() override;
  void set_control(const std::string& labourer_id, const LabourerControl&) override;
  std::vector<bool> revive(std::span<const std::string> task_ids, Time now) override;
  std::vector<bool> cancel(std::span<const std::string> task_ids, Time now) override;

  std::vector<RuleProgress> rule_progress() override;
  void keep_rule_progress(std::span<const RuleStep>) override;

  class Tables;  ///< private to the store

 private:
  bool hasten(const Item& waiting, Time now);
  std::vector<Item> rows_of(TaskRecord::Table, const TaskFilter&);
  Query closed_query(const std::string& labourer_id, TaskRecord::Closed) const;

  std::unique_ptr<Tables> tables_;
};

}  // namespace sosw::aws
