#pragma once

#include <string>
#include <vector>

#include "sosw/ports/admin_store.h"

#include "cli/job_watch.h"
#include "text/json.h"

namespace sosw {

/// The summary that `sosw run` prints at its end.
struct RunSummary {
  std::vector<Job> jobs;
  std::vector<TaskRecord> dead;  ///< the first few
  Seconds took = 0;              ///< of this run
  std::int64_t closed = 0;       ///< tasks, in this run
  bool interrupted = false;

  std::int64_t dead_count() const;
};

/// `flags` are the options with which another command uses the same store.
std::string text_of(const RunSummary&, const std::string& flags, Time now);
Json json_of(const RunSummary&);

}  // namespace sosw
