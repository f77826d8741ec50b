#pragma once

#include <set>
#include <string>
#include <vector>

#include "sosw/ports/job_store.h"
#include "sosw/ports/task_store.h"

#include "essentials/settings.h"

namespace sosw {

/// The combined progress of some jobs, and the state of their labourers.
struct JobsSnapshot {
  JobProgress progress;  ///< summed; total only when it is known for every job
  std::int64_t running = 0;
  std::int64_t retrying = 0;
  bool finished = false;
  std::set<std::string> labourers;  ///< of the unfinished jobs
  std::string problem;              ///< why workers are not started; empty: they are, or none is due
};

class JobWatch {
 public:
  JobWatch(JobStore&, TaskStore&, const Settings&);

  void add(const std::string& job_id);  ///< adding it again has no effect
  JobsSnapshot look(Time now) const;
  std::vector<Job> jobs() const;

 private:
  JobStore& jobs_;
  TaskStore& tasks_;
  const Settings& settings_;
  std::vector<std::string> job_ids_;  ///< in the order in which they were added
};

}  // namespace sosw
