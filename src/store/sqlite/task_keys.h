#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.h"

namespace sosw {

/// A task's row is found by two numbers: that of its job in this file, and its index in the job.
struct TaskKey {
  std::int64_t job;
  std::int64_t index;

  static constexpr int kIndexBits = 32;
  static constexpr std::int64_t kLastIndex = (std::int64_t{1} << kIndexBits) - 1;
  static constexpr std::int64_t kLastJob = (std::int64_t{1} << (63 - kIndexBits)) - 1;

  std::int64_t number() const { return job << kIndexBits | index; }
  static TaskKey of(std::int64_t number) { return {number >> kIndexBits, number & kLastIndex}; }
};

/// Consecutive tasks of a job, both ends included: one statement changes all of them, at less than half of
/// the cost of single changes.
struct KeyRange {
  std::int64_t first;
  std::int64_t last;

  std::int64_t size() const { return last - first + 1; }
};

/// The keys, in their order, as ranges.
std::vector<KeyRange> ranges_of(std::span<const std::int64_t> keys);

/// A parsed task id; the task need not exist. Indexes that can't exist count as the last one.
struct IdParts {
  std::string job_id;
  std::int64_t index;
};
/// For the empty id: sorts before everything.
IdParts parts_of(std::string_view task_id);

/// Converts between task ids and keys within one transaction; caches the jobs it met.
class TaskKeys {
 public:
  explicit TaskKeys(SqliteConnection& db) : db_(db) {}

  std::optional<std::int64_t> job_number(std::string_view job_id);

  /// nullopt for ids that are not ours. (A key does not mean that the task exists.)
  std::optional<TaskKey> find(std::string_view task_id);

  std::string task_id(TaskKey);

 private:
  SqliteConnection& db_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::map<std::int64_t, std::string> ids_;
};

}  // namespace sosw
