#pragma once

#include <cstdint>
#include <string>

#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// What people may do to a task (SPEC 14): cancel one that does not run, try a dead one again, hasten one
/// that waits.

/// Queued and waiting tasks can be cancelled; running, completed and closed ones stay as they are.
bool can_be_cancelled(const TaskRecord&, Time now);

enum class Revival {
  none,       ///< the task stays as it is
  hastening,  ///< it waits: it becomes due at once
  renewal,    ///< it is dead: it goes to the front of its band as new
};
Revival revival_of(const TaskRecord&);

/// When a waiting task is due that is hastened: what is due already stays as it is.
Time hastened_due(const TaskRecord& waiting, Time now);

/// The dead task as new at that position: with the same work to do, and nothing of its attempts.
TaskRecord renewed(const TaskRecord& dead, std::int64_t greenfield);

/// Why a dead task can't be tried again that has a payload which is not a JSON object (SPEC 15).
std::string unreadable_payload(const std::string& task_id);

}  // namespace sosw
