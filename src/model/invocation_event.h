#pragma once

#include <string>

#include "sosw/model/task.h"

namespace sosw {

/// What the worker receives (SPEC 6): the payload's keys, then task_id, labourer_id, created_at, greenfield
/// and attempts as they were before the invocation, then `sosw` with attempt, token and job_id.
/// The payload's bytes are copied, not parsed: they must be a JSON object.
std::string invocation_event(const Task& before, int attempt, const std::string& token);

}  // namespace sosw
