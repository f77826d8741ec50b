#pragma once

#include <cstdint>
#include <map>

#include "sosw/model/job.h"

#include "store/sqlite/connection.h"

namespace sosw {

/// Adds up which tasks of which jobs one transaction closes, so that each job is changed once.
class ClosedCounts {
 public:
  /// One task more that is closed so, or, with -1, one fewer.
  void count(std::int64_t job_number, TaskRecord::Closed as, std::int64_t tasks = 1) {
    closed_[job_number].count(as, tasks);
  }

  /// Adds it to the jobs' progress.
  void write(SqliteConnection&) const;

 private:
  std::map<std::int64_t, JobProgress> closed_;  ///< by job_number; what is closed is what is added
};

}  // namespace sosw
