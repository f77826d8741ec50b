#pragma once

#include <optional>
#include <string>

#include "sosw/ports/clock.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/messenger.h"

#include "essentials/scheduler.h"

namespace sosw {

/// Calls the on_complete of a job once all its tasks are closed (SPEC 14): at least once, and again after a
/// minute when the call failed. Blocks during calls, so an engine runs it on its own thread
/// (src/local/completion_notifier_thread.h).
class CompletionNotifier {
 public:
  CompletionNotifier(JobStore&, Scheduler&, Messenger&, Clock&);

  /// Returns how many finished jobs were notified. An error of one is logged and never stops the others.
  int run();

 private:
  int notify(const std::vector<Job>&);
  void call_labourer(const Job&, const std::string& labourer_id);

  JobStore& jobs_;
  Scheduler& scheduler_;
  Messenger& messenger_;
  Clock& clock_;
};

/// The id of the job that on_complete submits to a labourer when this job is finished; nullopt when it names
/// no labourer.
std::optional<std::string> follow_up_of(const Job&);

}  // namespace sosw
