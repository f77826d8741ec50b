#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// Which queued tasks to take, and the rules that hold while they are taken.
struct Claim {
  std::string labourer_id;
  std::int64_t at_most = 0;
  std::int64_t limit = 0;  ///< of the labourer: its running tasks never exceed it by this call (promise I4)
  Time now;
  Seconds lapse = 0;  ///< of the labourer: tells its running tasks from expired ones
  std::string token;  ///< becomes the token of the attempt; unique to this claim
};

/// A worker's word about its own attempt.
struct Report {
  std::string task_id;
  bool succeeded = false;
  std::optional<std::string> token;  ///< of the attempt that speaks; nothing from workers that know no tokens
  Time now;
  Seconds lapse = 0;  ///< of the labourer; a failure makes the task just expired
  std::string stats;
  std::string result;
  std::string reason;  ///< of a failure
};

enum class ReportOutcome {
  recorded,
  repeated,  ///< this attempt's word was known already: nothing changed
  stale,     ///< a failure of an attempt that is not the newest: nothing changed
  closed,    ///< the task is closed: nothing changed
  unknown,   ///< there is no such task: nothing changed
};

/// One task leaves the queue table for the closed or the retry table.
struct Settlement {
  enum class To { completed, dead, retry };
  std::string task_id;
  To to = To::completed;
  /// The task as it was seen: one that has moved on since stays where it is. Nothing: from wherever it is,
  /// which only a completion may ask for.
  struct Seen {
    std::int64_t greenfield;
    std::string token;
  };
  std::optional<Seen> seen;
  Time now;           ///< closed_at; also completed_at, when a completed task has none yet
  Time due;           ///< retry: desired_launch_time
  std::string stats;  ///< kept as they are in the row when empty
  std::string result;
  std::string reason;
};

struct TaskCounts {
  std::int64_t queued = 0;
  std::int64_t running = 0;
  std::int64_t expired = 0;
  std::int64_t completed = 0;  ///< waiting to be archived
  std::int64_t waiting = 0;    ///< for a retry or for their time
};

/// The tasks that are not closed yet. Every call is all-or-nothing for each task it names, harmless to
/// repeat, and may be cut at any point by a crash: what was written stays, what was not is done by the next
/// run (promises I1, I2, I3, I8). Calls throw StoreError when the store can't be used at all. One thread at a
/// time.
class TaskStore {
 public:
  virtual ~TaskStore() = default;

  /// Take the next queued tasks of a labourer, first in line first, and mark each invoked: greenfield becomes
  /// invoked_greenfield(now), attempts + 1, token, invoked_at. A task goes to one caller only (promise I3).
  /// Returned as stored after the mark, except greenfield and attempts, which are those before it.
  virtual std::vector<Task> claim(const Claim&) = 0;

  /// Put surely refused tasks back where they stood: greenfield and attempts as returned by claim. Skips a
  /// task whose token is no longer the one in `tasks`, or that is completed.
  virtual void release(std::span<const Task> tasks) = 0;

  /// Record what workers say. A success counts from whatever attempt it comes and wherever the task waits; a
  /// failure makes the task expired at once.
  virtual std::vector<ReportOutcome> report(std::span<const Report>) = 0;

  /// Tasks with completed_at that are not archived yet.
  virtual std::vector<Task> completed(const std::string& labourer_id, std::size_t at_most) = 0;

  /// Tasks whose attempt failed, or was not heard of for longer than `lapse`. With lapse 0: every invoked
  /// task, which is what an engine asks for when it knows that no worker of an earlier one is left.
  virtual std::vector<Task> expired(const std::string& labourer_id, Time now, Seconds lapse,
                                    std::size_t at_most) = 0;

  /// Move tasks to where they belong; true for each that this call moved. A task that is gone, or has moved
  /// on, stays. A completed task never goes to retry or dead.
  virtual std::vector<bool> settle(std::span<const Settlement>) = 0;

  /// Tasks whose due time has come go to the front of their band (those never tried: to its end). Returned as
  /// queued.
  virtual std::vector<Task> requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) = 0;

  /// When the next waiting task of any labourer is due; nothing when none waits.
  virtual std::optional<Time> next_due() = 0;

  virtual TaskCounts count(const std::string& labourer_id, Time now, Seconds lapse) = 0;

  /// The tasks of these ids that are not closed, in any order; unknown ones are left out.
  virtual std::vector<Task> find_open(std::span<const std::string> task_ids) = 0;
};

}  // namespace sosw
