#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// Moves one task from the queue table to the closed or the retry table (SPEC 9).
struct Settlement {
  enum class To { completed, dead, retry };
  std::string task_id;
  To to = To::completed;
  /// The task as it was read: one that has moved on since stays as it is. nullopt: in any state, which is
  /// valid only for a completion.
  struct Seen {
    std::int64_t greenfield;
    std::string token;
  };
  std::optional<Seen> seen;
  Time now;           ///< closed_at; also completed_at, when a completed task has none yet
  Time due;           ///< retry: desired_launch_time
  std::string stats;  ///< empty: the row keeps those it has
  std::string result;
  std::string reason;
};

/// Whether the settlement still applies to the task as it is stored. A closed task stays closed (promise I2),
/// a completed one never goes to retry or dead.
bool applies(const Settlement&, const TaskRecord&);

/// The task after a settlement that applies.
TaskRecord after_settlement(const Settlement&, TaskRecord);

}  // namespace sosw
