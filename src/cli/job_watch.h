#pragma once

#include <set>
#include <string>
#include <vector>

#include "sosw/ports/job_store.h"
#include "sosw/ports/task_store.h"

#include "essentials/settings.h"

namespace sosw {

/// How far some jobs are together, and what their labourers are doing.
struct JobsSnapshot {
  JobProgress progress;  ///< added up; total only when every job's is known
  std::int64_t running = 0;
  std::int64_t retrying = 0;
  bool finished = false;
  std::set<std::string> labourers;  ///< of the jobs that are not finished
  std::string problem;              ///< why workers are not started; empty: they are, or none is to be
};

class JobWatch {
 public:
  JobWatch(JobStore&, TaskStore&, const Settings&);

  void add(const std::string& job_id);  ///< once more does nothing
  JobsSnapshot look(Time now) const;
  std::vector<Job> jobs() const;

 private:
  JobStore& jobs_;
  TaskStore& tasks_;
  const Settings& settings_;
  std::vector<std::string> job_ids_;  ///< in the order in which they came
};

}  // namespace sosw
