#pragma once

#include <string>
#include <vector>

#include "sosw/essentials/settings.h"
#include "sosw/ports/task_desk.h"

#include "cli/table.h"

namespace sosw {

/// The words by which people know where a task stands.
enum class TaskView { queued, running, overdue, retrying, waiting, completed, dead, cancelled };

std::string_view to_string(TaskView);
Colour colour_of(TaskView);

/// `settings` may be null: then every labourer's lapse is the default one.
TaskView view_of(const TaskRecord&, Time now, const Settings* settings);

/// When it came to stand there, or, for one that waits, when it goes on.
Time since(const TaskRecord&);

/// One JSON object; payload, stats and result keep their bytes.
std::string json_of(const TaskRecord&, TaskView, const std::vector<TaskEvent>* history = nullptr);

}  // namespace sosw
