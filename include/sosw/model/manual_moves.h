#pragma once

#include <cstdint>
#include <string>

#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// What operators may do to a task (SPEC 14): cancel one that does not run, revive a dead one, make a waiting
/// one due.

/// Queued and waiting tasks can be cancelled; running, completed and closed ones stay as they are.
bool can_be_cancelled(const TaskRecord&, Time now);

enum class Revival {
  none,       ///< the task stays as it is
  hastening,  ///< it waits: it becomes due at once
  renewal,    ///< it is dead: it goes to the front of its band as new
};
Revival revival_of(const TaskRecord&);

/// When a waiting task becomes due that is hastened: one that is already due keeps its time.
Time hastened_due(const TaskRecord& waiting, Time now);

/// The dead task as a new one at that position: with its payload, and nothing of its attempts.
TaskRecord renewed(const TaskRecord& dead, std::int64_t greenfield);

/// Why a dead task whose payload is not a JSON object can't be revived (SPEC 15).
std::string unreadable_payload(const std::string& task_id);

}  // namespace sosw
