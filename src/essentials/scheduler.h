#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/random.h"

#include "essentials/planned_job.h"

namespace sosw {

/// Chunks jobs into queued tasks (SPEC 5). A job is accepted, with its first batch of tasks if the store can
/// write both at once, and then chunked in batches behind a cursor in the store: after a crash the next
/// scheduler continues from it (promise I9).
class Scheduler {
 public:
  Scheduler(const Settings&, JobStore&, EventLog&, Clock&, Random&);

  /// Accepts the jobs of an event (one, unless it is wrapped in a batch). Throws InvalidJob before anything
  /// of any of them is written. A job whose idempotency key was seen before is returned as it is stored, and
  /// chunked further if unfinished; likewise one without a key from the same `call` as before.
  std::vector<AcceptedJob> accept(std::string_view event, std::string_view call = "");
  std::vector<AcceptedJob> accept(std::vector<PlannedJob>);  ///< the same for jobs that were checked before

  /// Resumes unfinished jobs of an earlier scheduler. One that can't be chunked any more is logged.
  void resume();

  /// Writes the next batch of tasks of the oldest unfinished job, if there is one. When the store throws, the
  /// next step takes the next job.
  void step();

  /// The labourers with tasks written since the last call.
  std::set<std::string> take_updated();

  bool idle() const { return active_.empty(); }

 private:
  bool is_active(const std::string& job_id) const;
  AcceptedJob accept(PlannedJob);
  void write_batch(PlannedJob&);
  void note_written(const Job&, std::int64_t first_index, std::int64_t end, Time now);

  const Settings& settings_;
  JobStore& jobs_;
  EventLog& events_;
  Clock& clock_;
  Random& random_;
  std::deque<PlannedJob> active_;
  std::set<std::string> updated_;
};

}  // namespace sosw
