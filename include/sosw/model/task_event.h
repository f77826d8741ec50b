#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sosw/model/time.h"

namespace sosw {

/// The kinds of event of a task (SPEC 10).
enum class TaskAction {
  created,
  invoked,
  completed,
  failed,
  marked_as_completed,
  marked_as_failed,
  archived,
  archived_dead,
  scheduled_for_retry,
  ready_for_retry,
};

std::string_view to_string(TaskAction);
std::optional<TaskAction> task_action_from(std::string_view);

struct TaskEvent {
  std::string task_id;
  std::string labourer_id;
  TaskAction action;
  Time created_at;
  std::string details;  ///< JSON object of extra fields, or empty
};

}  // namespace sosw
