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

  /// Returns how many finished jobs were announced.
  int run();

 private:
  std::string announce(const Job&);  ///< why it did not get through, or empty

  JobStore& jobs_;
  Scheduler& scheduler_;
  Messenger& messenger_;
  Clock& clock_;
};

}  // namespace sosw
