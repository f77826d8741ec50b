#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/dynamo/dynamo_rows.h"
#include "store/dynamo/dynamo_store.h"
#include "store/dynamo/large_texts.h"

namespace sosw::aws {

inline constexpr const char* kNotCompleted = "attribute_not_exists(completed_at)";
inline constexpr const char* kCompleted = "attribute_exists(completed_at)";

/// The maximum delay until an index shows a write.
inline constexpr Seconds kIndexLag = 10;

/// Shared by all calls of a store: the tables, and how to find things in them.
class DynamoStore::Tables {
 public:
  Tables(DynamoDb& db_, Random& random_, DynamoTables names_, S3* s3);

  DynamoDb& db;
  Random& random;
  const DynamoTables names;
  const std::string owner;  ///< identifies this store in leases
  LargeTexts texts;

  /// What the task's row holds of a worker's result: a reference where it is too large. A failing bucket is
  /// no reason to lose a report.
  std::string result_for(const Item& row, const std::string& stats, const std::string& result);

  /// A row of the queue's index for each queued task, in queue order.
  Query in_queue(const std::string& labourer_id, GreenfieldRange, const char* filter = "") const;
  std::vector<Item> queue_rows(const std::string& labourer_id, GreenfieldRange, const char* filter,
                               std::size_t at_most);
  std::int64_t count_queue(const std::string& labourer_id, GreenfieldRange, const char* filter);
  Query waiting(const std::string& labourer_id) const;

  /// The ends of a band as last extended by this store.
  struct Edges {
    std::optional<std::int64_t> front;
    std::optional<std::int64_t> end;
  };
  std::map<std::pair<std::string, Priority>, Edges> edges;

  struct Found {
    TaskRecord::Table table;
    Item row;
  };
  /// The current table of each of the tasks; unknown ones are left out. A consistent read.
  std::map<std::string, Found> locate(std::span<const std::string> task_ids);

  std::optional<Item> row(const std::string& key);  ///< of the tasks table; a task's or one of ours
  std::vector<Item> rows(const std::vector<std::string>& keys);

  /// Records that a labourer has tasks or history here.
  void know_labourer(const std::string& labourer_id);
  std::set<std::string> labourers();

  /// The labourer of a job's tasks; read once.
  std::optional<std::string> labourer_of_job(const std::string& job_id);

  static Item key_of(const std::string& task_id) { return {{field::task_id, task_id}}; }
  static Item retry_key(const std::string& labourer_id, const std::string& task_id) {
    return {{field::labourer_id, labourer_id}, {field::task_id, task_id}};
  }

 private:
  void look_in(const std::string& table, TaskRecord::Table, std::set<std::string>& missing,
               std::map<std::string, Found>&);
  void look_in_retry(std::set<std::string>& missing, std::map<std::string, Found>&);

  std::set<std::string> known_labourers_;
  std::map<std::string, std::string> job_labourers_;
};

/// Keys of rows of ours in the tasks table.
std::string job_key(const std::string& job_id);
std::string lease_key(const std::string& labourer_id);
inline constexpr const char* kLabourersKey = "sosw#labourers";
inline constexpr const char* kControlsKey = "sosw#controls";
inline constexpr const char* kRulesKey = "sosw#rules";

/// Returns what `work` returns; errors of AWS and of rows become the StoreError that the ports promise.
template <class Work>
auto as_store_error(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const AwsError& error) {
    const bool no_table = error.code == "ResourceNotFoundException";
    throw StoreError(std::string(error.what()) + (no_table ? "; `sosw init` makes missing tables" : ""));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw StoreError(std::string("DynamoDB: a row can't be read or written: ") + error.what());
  }
}

}  // namespace sosw::aws
