#pragma once

#include "sosw/essentials/scheduler.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/messenger.h"

namespace sosw {

/// Calls what a job names in on_complete, once all its tasks are closed (SPEC 14): at least once, and again
/// after a minute when the call did not get through.
class Announcements {
 public:
  Announcements(JobStore&, Scheduler&, Messenger&, Clock&);

  /// Returns how many finished jobs were announced. What fails for one is logged and never stops the others.
  int run();

 private:
  void announce(const Job&);  ///< throws when it did not get through

  JobStore& jobs_;
  Scheduler& scheduler_;
  Messenger& messenger_;
  Clock& clock_;
};

}  // namespace sosw
