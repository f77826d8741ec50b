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

/// A task's row is found by a number: the number of its job in this file, and its place in the job.
struct TaskKey {
  std::int64_t job;
  std::int64_t index;

  static constexpr int kIndexBits = 32;
  static constexpr std::int64_t kLastIndex = (std::int64_t{1} << kIndexBits) - 1;
  static constexpr std::int64_t kLastJob = (std::int64_t{1} << (63 - kIndexBits)) - 1;

  std::int64_t number() const { return job << kIndexBits | index; }
  static TaskKey of(std::int64_t number) { return {number >> kIndexBits, number & kLastIndex}; }
};

/// Tasks of a job that lie side by side, both ends included: one statement changes all of them, for less than
/// half of what it costs one by one.
struct KeyRange {
  std::int64_t first;
  std::int64_t last;

  std::int64_t size() const { return last - first + 1; }
};

/// The keys, in their order, as ranges.
std::vector<KeyRange> ranges_of(std::span<const std::int64_t> keys);

/// A task id taken apart; there need be no such task. Places that can't exist count as the last one.
struct IdParts {
  std::string job_id;
  std::int64_t index;
};
/// Of the empty id: what sorts before everything.
IdParts parts_of(std::string_view task_id);

/// Translates between task ids and keys within one transaction; remembers the jobs it met.
class TaskKeys {
 public:
  explicit TaskKeys(SqliteConnection& db) : db_(db) {}

  std::optional<std::int64_t> job_number(std::string_view job_id);

  /// Nothing for ids that are none of ours. (A key says nothing on whether the task exists.)
  std::optional<TaskKey> find(std::string_view task_id);

  std::string task_id(TaskKey);

 private:
  SqliteConnection& db_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::map<std::int64_t, std::string> ids_;
};

}  // namespace sosw
