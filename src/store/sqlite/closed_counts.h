#pragma once

#include <cstdint>
#include <map>

#include "sosw/model/job.h"

#include "store/sqlite/connection.h"

namespace sosw {

/// Counts which tasks of which jobs one transaction closes, so that each job is updated once.
class ClosedCounts {
 public:
  /// Counts one more task closed with that outcome, or, with -1, one fewer.
  void count(std::int64_t job_number, TaskRecord::Closed as, std::int64_t tasks = 1) {
    closed_[job_number].count(as, tasks);
  }

  /// Adds it to the jobs' progress.
  void write(SqliteConnection&) const;

 private:
  std::map<std::int64_t, JobProgress> closed_;  ///< by job_number; the closed counts are increments
};

}  // namespace sosw
