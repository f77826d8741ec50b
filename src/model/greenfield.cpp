#include "sosw/model/greenfield.h"

#include <algorithm>
#include <array>

namespace sosw {
namespace {

constexpr std::array<std::string_view, 3> kPriorityNames = {"high", "normal", "low"};
constexpr std::int64_t kBandWidth = 500'000'000;
constexpr std::int64_t kRoomInFront = 100'000'000;  // of each band, for tasks that are retried

}  // namespace

std::string_view to_string(TaskState state) {
  switch (state) {
    case TaskState::queued:
      return "queued";
    case TaskState::running:
      return "running";
    case TaskState::completed:
      return "completed";
    case TaskState::expired:
      return "expired";
  }
  return "unknown";
}

TaskState state_of(const Task& task, Time now, Seconds attempt_timeout) {
  if (task.completed_at) return TaskState::completed;
  if (queued_range(now).contains(task.greenfield)) return TaskState::queued;
  return running_range(now, attempt_timeout).contains(task.greenfield) ? TaskState::running
                                                                       : TaskState::expired;
}

GreenfieldRange queued_range(Time now) { return {.last = whole_unix_seconds(now) - 1}; }

GreenfieldRange invoked_range(Time now) { return {.first = queued_range(now).last + 1}; }

GreenfieldRange expired_range(Time now, Seconds attempt_timeout) {
  if (attempt_timeout <= 0) return invoked_range(now);
  return {invoked_range(now).first, newest_expired_greenfield(now, attempt_timeout)};
}

GreenfieldRange running_range(Time now, Seconds attempt_timeout) {
  const GreenfieldRange expired = expired_range(now, attempt_timeout);
  const GreenfieldRange everything;
  if (expired.last == everything.last) return {everything.last, everything.first};  // none
  return {.first = expired.last + 1};
}

GreenfieldRange completed_range() { return {.first = band_of(Priority::low).last + 1}; }

std::int64_t invoked_greenfield(Time now) { return whole_unix_seconds(now) + kGreenfieldDelta; }

std::int64_t completed_greenfield(std::int64_t greenfield, Time now) {
  return queued_range(now).contains(greenfield) ? invoked_greenfield(now) : greenfield;
}

std::int64_t newest_expired_greenfield(Time now, Seconds attempt_timeout) {
  return whole_unix_seconds(now - attempt_timeout) + kGreenfieldDelta;
}

Time invocation_time(const Task& invoked) {
  return invoked.invoked_at.value_or(Time(static_cast<Seconds>(invoked.greenfield - kGreenfieldDelta)));
}

std::int64_t failed_greenfield(const Task& invoked, Time now, Seconds attempt_timeout) {
  return std::min(newest_expired_greenfield(now, attempt_timeout),
                  invoked_greenfield(invocation_time(invoked)) - 1);
}

bool failure_was_reported(const Task& expired) {
  return expired.invoked_at && expired.greenfield < invoked_greenfield(*expired.invoked_at);
}

std::string_view to_string(Priority priority) { return kPriorityNames[static_cast<std::size_t>(priority)]; }

std::optional<Priority> priority_from(std::string_view name) {
  for (std::size_t i = 0; i < kPriorityNames.size(); ++i)
    if (kPriorityNames[i] == name) return static_cast<Priority>(i);
  return std::nullopt;
}

Band band_of(Priority priority) {
  const std::int64_t first = static_cast<std::int64_t>(priority) * kBandWidth;
  return {first, first + kRoomInFront, first + kBandWidth - 1};
}

Priority priority_of(std::int64_t queued_greenfield) {
  if (queued_greenfield < band_of(Priority::normal).first) return Priority::high;
  return queued_greenfield < band_of(Priority::low).first ? Priority::normal : Priority::low;
}

}  // namespace sosw
