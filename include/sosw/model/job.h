#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// The progress of a job. Every written task is queued, running, retrying, completed, dead or cancelled.
struct JobProgress {
  std::int64_t scheduled = 0;  ///< tasks written so far; also the cursor: indexes 0 .. scheduled-1 exist
  std::optional<std::int64_t> total;  ///< known once the last task is written
  std::int64_t completed = 0;
  std::int64_t dead = 0;
  std::int64_t cancelled = 0;

  std::int64_t closed() const { return completed + dead + cancelled; }
  std::int64_t open() const { return scheduled - closed(); }
  bool finished() const { return total && closed() == *total; }

  /// Counts one more task closed with that outcome, or, with -1, one fewer.
  void count(TaskRecord::Closed, std::int64_t tasks = 1);

  /// Whether the tasks from first_index on may be written: the cursor is at first_index, and the job is
  /// neither completely chunked nor cancelled (promise I9).
  bool can_append_at(std::int64_t first_index) const { return scheduled == first_index && !total; }

  /// Moves the cursor behind written tasks; with `last` the total is known.
  void append(std::int64_t tasks, bool last);

  /// Marks the job cancelled: none of its tasks is written any more.
  void stop() { total = total.value_or(scheduled); }
};

/// A submitted job, with everything that is needed to chunk it again in the same way.
struct Job {
  std::string job_id;  ///< 16 hex digits, see task_id.h
  std::string labourer_id;
  std::string document;  ///< the submitted JSON object, as given
  std::string schema;    ///< JSON array of the attribute names it is chunked by, outermost first
  std::string today;     ///< YYYY-MM-DD, the date its period is relative to
  Priority priority = Priority::normal;
  std::optional<Time> run_at;  ///< its tasks wait until then
  std::string on_complete;     ///< JSON object, see docs/jobs.md, or empty
  Time created_at;
  JobProgress progress;
};

/// The new task at an index of the job. It is queued at `greenfield`, unless the job has a run_at in the
/// future: then it waits until run_at (SPEC 14).
TaskRecord new_task(const Job&, std::int64_t index, const std::string& payload, std::int64_t greenfield,
                    Time now);

/// Whether new tasks of the job wait.
bool begins_later(const Job&, Time now);

}  // namespace sosw
