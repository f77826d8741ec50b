#include "sosw/model/greenfield.h"

#include <array>

namespace sosw {
namespace {

constexpr std::array<std::string_view, 3> kPriorityNames = {"high", "normal", "low"};
constexpr std::int64_t kBandWidth = 500'000'000;
constexpr std::int64_t kRoomInFront = 100'000'000;  // of each band, for tasks that are tried again

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

TaskState state_of(const Task& task, Time now, Seconds lapse) {
  if (task.completed_at) return TaskState::completed;
  if (task.greenfield < whole_unix_seconds(now)) return TaskState::queued;
  return task.greenfield > newest_expired_greenfield(now, lapse) ? TaskState::running : TaskState::expired;
}

std::int64_t invoked_greenfield(Time now) { return whole_unix_seconds(now) + kGreenfieldDelta; }

std::int64_t newest_expired_greenfield(Time now, Seconds lapse) {
  return whole_unix_seconds(now - lapse) + kGreenfieldDelta;
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
