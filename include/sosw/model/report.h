#pragma once

#include <optional>
#include <string>

#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// A worker's report about its own attempt (SPEC 8).
struct Report {
  std::string task_id;
  bool succeeded = false;
  std::optional<std::string> token;  ///< of the reporting attempt; nullopt from workers without tokens
  Time now;
  Seconds attempt_timeout = 0;  ///< of the labourer; a failure makes the task just expired
  std::string stats;
  std::string result;
  std::string reason;  ///< of a failure
};

enum class ReportOutcome {
  recorded,
  repeated,  ///< this attempt's outcome was known already: nothing changed
  stale,     ///< a failure of an attempt that is not the newest: nothing changed
  closed,    ///< the task is closed: nothing changed
  unknown,   ///< there is no such task: nothing changed
};

struct ReportAnswer {
  ReportOutcome outcome = ReportOutcome::unknown;
  std::string labourer_id;  ///< of the task; empty when there is no such task
};

/// What a report means for the task as it is stored (SPEC 13.7, 13.8, SPEC 14). A success counts from any
/// attempt and in any table; a failure is fenced by the token of its attempt.
ReportOutcome outcome_of(const Report&, const TaskRecord&);

/// The task after a report whose outcome is `recorded`. A success moves it to the queue table as completed; a
/// failure makes it expired, as failed_greenfield() says.
TaskRecord after_report(const Report&, TaskRecord);

/// Whether the task is as this very report left it: for stores where the response to a write can be lost.
bool shows(const Report&, const Task&);

}  // namespace sosw
