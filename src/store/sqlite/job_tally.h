#pragma once

#include <cstdint>
#include <map>

#include "store/sqlite/connection.h"

namespace sosw {

/// Adds up which tasks of which jobs one transaction closes, so that each job is changed once.
class JobTally {
 public:
  struct Closed {
    std::int64_t completed = 0;
    std::int64_t dead = 0;
    std::int64_t cancelled = 0;
  };

  Closed& of(std::int64_t job_number) { return closed_[job_number]; }

  /// Adds it to the jobs' progress.
  void write(SqliteConnection&) const;

 private:
  std::map<std::int64_t, Closed> closed_;
};

}  // namespace sosw
