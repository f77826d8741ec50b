#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sosw/ports/admin_store.h"

namespace sosw {

/// The state of a task as people see it: queued, running, overdue, retrying, waiting, completed, dead or
/// cancelled.
std::string_view view_of(const TaskRecord&, Time now, Seconds attempt_timeout);

/// One JSON object; payload, stats and result keep their bytes.
std::string json_of(const TaskRecord&, std::string_view view,
                    const std::vector<TaskEvent>* history = nullptr);

}  // namespace sosw
