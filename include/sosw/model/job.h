#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/greenfield.h"
#include "sosw/model/time.h"

namespace sosw {

/// How far a job is. Every task that was written is queued, running, retrying, completed, dead or cancelled.
struct JobProgress {
  std::int64_t scheduled = 0;  ///< tasks written so far; also the cursor: places 0 .. scheduled-1 exist
  std::optional<std::int64_t> total;  ///< known once the last task is written
  std::int64_t completed = 0;
  std::int64_t dead = 0;
  std::int64_t cancelled = 0;

  std::int64_t closed() const { return completed + dead + cancelled; }
  std::int64_t open() const { return scheduled - closed(); }
  bool finished() const { return total && closed() == *total; }
};

/// What a business asked for, with everything that is needed to cut it again in the same way.
struct Job {
  std::string job_id;  ///< 16 hex digits, see task_id.h
  std::string labourer_id;
  std::string document;  ///< the JSON object that was asked for, as given
  std::string schema;    ///< JSON array of the attribute names it is cut by, outermost first
  std::string today;     ///< YYYY-MM-DD, to which its period refers
  Priority priority = Priority::normal;
  std::optional<Time> run_at;  ///< its tasks wait until then
  std::string on_complete;     ///< JSON object, see docs/jobs.md, or empty
  Time created_at;
  JobProgress progress;
};

}  // namespace sosw
