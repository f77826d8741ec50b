#include "sosw/model/task_event.h"

#include <array>

namespace sosw {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"created",
                                                     "invoked",
                                                     "completed",
                                                     "failed",
                                                     "marked_as_completed",
                                                     "marked_as_failed",
                                                     "archived",
                                                     "archived_dead",
                                                     "scheduled_for_retry",
                                                     "ready_for_retry"};

}  // namespace

std::string_view to_string(TaskAction action) { return kNames[static_cast<std::size_t>(action)]; }

std::optional<TaskAction> task_action_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<TaskAction>(i);
  return std::nullopt;
}

}  // namespace sosw
