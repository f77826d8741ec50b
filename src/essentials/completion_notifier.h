#pragma once

#include <optional>
#include <string>

#include "sosw/ports/clock.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/messenger.h"

#include "essentials/scheduler.h"

namespace sosw {

/// Calls what a job names in on_complete, once all its tasks are closed (SPEC 14): at least once, and again
/// after a minute when the call did not get through. Waits for those whom it calls, so an engine has a thread
/// for it (src/engine/announcer.h).
class CompletionNotifier {
 public:
  CompletionNotifier(JobStore&, Scheduler&, Messenger&, Clock&);

  /// Returns how many finished jobs were announced. What fails for one is logged and never stops the others.
  int run();

 private:
  int notify(const std::vector<Job>&);
  void call_labourer(const Job&, const std::string& labourer_id);

  JobStore& jobs_;
  Scheduler& scheduler_;
  Messenger& messenger_;
  Clock& clock_;
};

/// The id of the job that on_complete makes for a labourer when this job is finished; nothing when it calls
/// no labourer.
std::optional<std::string> follow_up_of(const Job&);

}  // namespace sosw
