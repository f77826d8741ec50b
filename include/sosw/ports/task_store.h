#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/claim.h"
#include "sosw/model/report.h"
#include "sosw/model/settlement.h"
#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

struct TaskCounts {
  std::int64_t queued = 0;
  std::int64_t running = 0;
  std::int64_t expired = 0;
  std::int64_t completed = 0;  ///< waiting to be archived
  std::int64_t waiting = 0;    ///< for a retry or for their time
};

/// The tasks that are not closed yet. Every call is all-or-nothing for each task it names, safe to repeat,
/// and may be interrupted at any point by a crash: what was written stays, the rest is done by the next run
/// (promises I1, I2, I3, I8). Calls throw StoreError when the store can't be used at all. One thread at a
/// time.
class TaskStore {
 public:
  virtual ~TaskStore() = default;

  /// Takes the next queued tasks of a labourer, in queue order, and marks each invoked: greenfield becomes
  /// invoked_greenfield(now), attempts + 1, token, invoked_at. A task goes to one caller only (promise I3).
  /// Returned as stored after the mark, except greenfield and attempts, which are those before it.
  virtual std::vector<Task> claim(const Claim&) = 0;

  /// Restores surely refused tasks: greenfield and attempts as returned by claim. Skips a task whose token is
  /// no longer the one in `tasks`, or that is completed.
  virtual void release(std::span<const Task> tasks) = 0;

  /// Records reports of workers. A success counts from any attempt and in any table; a failure makes the task
  /// expired at once.
  virtual std::vector<ReportAnswer> report(std::span<const Report>) = 0;

  /// Tasks with completed_at that are not archived yet.
  virtual std::vector<Task> completed(const std::string& labourer_id, std::size_t at_most) = 0;

  /// Tasks whose attempt failed, or did not report within `attempt_timeout`. With attempt_timeout 0: every
  /// invoked task, which an engine asks for when it knows that no worker of an earlier engine is left.
  virtual std::vector<Task> expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                                    std::size_t at_most) = 0;

  /// Moves tasks to their next table; true for each that this call moved. A task that is gone, or has moved
  /// on, stays. A completed task never goes to retry or dead.
  virtual std::vector<bool> settle(std::span<const Settlement>) = 0;

  /// Moves due tasks to the front of their band (those never tried: to its end). Returned as queued.
  virtual std::vector<Task> requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) = 0;

  /// When the next waiting task of any labourer is due; nullopt when none waits.
  virtual std::optional<Time> next_due() = 0;

  virtual TaskCounts count(const std::string& labourer_id, Time now, Seconds attempt_timeout) = 0;

  /// The tasks of these ids that are not closed, in any order; unknown ones are left out.
  virtual std::vector<Task> find_open(std::span<const std::string> task_ids) = 0;
};

}  // namespace sosw
