#pragma once

#include <string>
#include <string_view>

#include "sosw/model/errors.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/task_store.h"

#include "essentials/settings.h"

namespace sosw {

/// An invalid report. The message names the key and the fix.
struct InvalidReport : Error {
  using Error::Error;
};

/// Processes the workers' reports (SPEC 8).
class WorkerAssistant {
 public:
  WorkerAssistant(const Settings&, TaskStore&, EventLog&, Clock&);

  /// `{"action": "mark_task_as_completed" | "mark_task_as_failed", "task_id", "stats"?, "result"?, "reason"?,
  /// "sosw"?}`. A report with `sosw` as the worker received it is fenced by its token. Throws InvalidReport.
  ReportOutcome handle(std::string_view event);

 private:
  Seconds attempt_timeout_of(
      const std::string& task_id);  ///< of its labourer, needed for a failure before the call

  const Settings& settings_;
  TaskStore& tasks_;
  EventLog& events_;
  Clock& clock_;
};

}  // namespace sosw
