#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// A UUID that begins like the task id; only the last part, from `number`, differs between the attempts of a
/// task. A call that is not a task has no token: its id is the request's already.
std::string request_id_of(const Task&, std::uint64_t number);

/// AWS Lambda's error for a function whose worker failed without its own error: {"errorType", "errorMessage":
/// "RequestId: ... Error: <what>"}.
std::string lambda_error(std::string_view type, std::string_view request_id, std::string_view what);

/// The same for a process that exited by itself; `status` is as from waitpid().
std::string exit_error(std::string_view request_id, int status);

/// The same for one that timed out.
std::string timeout_error(std::string_view request_id, Seconds allowed);

}  // namespace sosw
