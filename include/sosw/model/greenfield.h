#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// Greenfield is the one number that holds the state of a task in the queue (SPEC 3):
///
///     below now                               queued; smaller goes first
///     now .. now+delta-attempt_timeout        expired (completed, when completed_at is set)
///     above now+delta-attempt_timeout         running (completed, when completed_at is set)
///
/// An invoked task holds its invocation time + delta, so that time can be recovered. `attempt_timeout` is the
/// labourer's duration + cooldown: how long after its start a task without a report is given up.
///
///     from       to         by
///     queued     running    TaskStore::claim
///     running    queued     TaskStore::release (the invocation was surely refused)
///     any        completed  TaskStore::report (a success)
///     running    expired    time, or TaskStore::report (a failure)
///     expired    waiting    TaskStore::settle (retry)      waiting tasks have no greenfield, but a due time
///     waiting    queued     TaskStore::requeue_due
///     completed  closed     TaskStore::settle (completed)
///     expired    closed     TaskStore::settle (dead)
///     queued, waiting  closed  AdminStore::cancel
inline constexpr std::int64_t kGreenfieldDelta =
    31'557'600;  // one year, as everywhere in a sosw installation

enum class TaskState { queued, running, completed, expired };

std::string_view to_string(TaskState);

/// The state of a task in the queue table.
TaskState state_of(const Task&, Time now, Seconds attempt_timeout);

/// Greenfields from the first to the last, both included, as BETWEEN takes them; empty when last is smaller.
struct GreenfieldRange {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t last = std::numeric_limits<std::int64_t>::max();

  bool contains(std::int64_t greenfield) const { return first <= greenfield && greenfield <= last; }
  bool operator==(const GreenfieldRange&) const = default;
};

/// The ranges of the tasks without completed_at at `now`. The three are adjacent, without a gap. With attempt
/// timeout 0 every invoked task is expired, also one that was invoked by a clock ahead of ours.
GreenfieldRange queued_range(Time now);
GreenfieldRange expired_range(Time now, Seconds attempt_timeout);
GreenfieldRange running_range(Time now, Seconds attempt_timeout);

/// The expired and the running range together.
GreenfieldRange invoked_range(Time now);

/// The range of tasks with completed_at, at any time: above all bands of the queue.
GreenfieldRange completed_range();

/// The greenfield of a task invoked at `now`.
std::int64_t invoked_greenfield(Time now);

/// The greenfield of a task that is completed at `now`: unchanged if it was invoked, else moved out of the
/// queue.
std::int64_t completed_greenfield(std::int64_t greenfield, Time now);

/// The largest greenfield that is expired at `now`; greater ones are running.
std::int64_t newest_expired_greenfield(Time now, Seconds attempt_timeout);

/// When the newest attempt of an invoked task began. Another system, or a move by one, leaves no invoked_at:
/// then it is derived from the greenfield (SPEC 3, SPEC 15).
Time invocation_time(const Task& invoked);

/// The greenfield of a task whose newest attempt reported its failure: just expired, and below that of its
/// invocation, so that a second report is recognized (SPEC 13.7, SPEC 15).
std::int64_t failed_greenfield(const Task& invoked, Time now, Seconds attempt_timeout);

/// Whether the newest attempt of an expired task reported its failure itself. A report makes the task expired
/// by lowering its greenfield and keeps invoked_at; one that timed out still has the greenfield of its
/// invocation.
bool failure_was_reported(const Task& expired);

/// Tasks of one labourer are queued in three bands, each in the order of arrival. All bands lie far enough
/// below now for the Python system to append behind them.
enum class Priority { high, normal, low };

std::string_view to_string(Priority);
std::optional<Priority> priority_from(std::string_view);  ///< "high", "normal", "low"; else nullopt

struct Band {
  std::int64_t first;  ///< the first position; reached by tasks put in front of the queue
  std::int64_t start;  ///< the position of the first task of an empty band
  std::int64_t last;
};
Band band_of(Priority);
Priority priority_of(std::int64_t queued_greenfield);  ///< the band of a queued task

}  // namespace sosw
