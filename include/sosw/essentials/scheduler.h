#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/essentials/planned_job.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/random.h"

namespace sosw {

/// Cuts jobs into queued tasks (SPEC 5). A job is accepted first and then cut in batches behind a cursor that
/// the store keeps: whoever comes after a crash continues where it stopped (promise I9).
class Scheduler {
 public:
  Scheduler(const Settings&, JobStore&, EventLog&, Clock&, Random&);

  /// Accept the jobs that an event carries (one, unless it is wrapped in a batch). Throws InvalidJob before
  /// anything of any of them is written. A job whose idempotency key was seen before is returned as it is
  /// stored, and cut on if it is unfinished.
  std::vector<Job> accept(std::string_view event);
  std::vector<Job> accept(std::vector<PlannedJob>);  ///< the same for jobs that were checked before

  /// Go on with the jobs that an earlier scheduler left unfinished. One that can't be cut any more is logged.
  void resume();

  /// Write the next batch of tasks of the oldest job under way; its labourer, or empty when no job is under
  /// way. When the store throws, the next step is the next job's.
  std::string step();

  bool idle() const { return under_way_.empty(); }

 private:
  bool is_under_way(const std::string& job_id) const;
  std::string write_batch(PlannedJob&);
  void record_created(const Job&, std::int64_t first_place, std::int64_t end);

  const Settings& settings_;
  JobStore& jobs_;
  EventLog& events_;
  Clock& clock_;
  Random& random_;
  std::deque<PlannedJob> under_way_;
};

}  // namespace sosw
