#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_record.h"
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

  /// One more task that was closed so, or, with -1, one fewer.
  void count(TaskRecord::Closed, std::int64_t tasks = 1);

  /// Whether the tasks of places from first_index on may be written: the cursor stands there, and the job is
  /// neither wholly cut nor cancelled (promise I9).
  bool can_append_at(std::int64_t first_index) const { return scheduled == first_index && !total; }

  /// The cursor moves behind tasks that are written; with `last` the total is known.
  void append(std::int64_t tasks, bool last);

  /// Nothing more is written of a job that is cancelled.
  void stop() { total = total.value_or(scheduled); }
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

/// The new task of a place of the job. It is queued at `greenfield`, unless the job has a run_at that is
/// still to come: then it waits for that (SPEC 14).
TaskRecord new_task(const Job&, std::int64_t index, const std::string& payload, std::int64_t greenfield,
                    Time now);

/// Whether new tasks of the job wait.
bool begins_later(const Job&, Time now);

}  // namespace sosw
