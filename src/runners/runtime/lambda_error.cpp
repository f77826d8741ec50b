#include "runners/runtime/lambda_error.h"

#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

namespace sosw {
namespace {

/// In the format of Go, in which AWS wrote the supervisor of the processes.
std::string exit_text(int status) {
  if (WIFSIGNALED(status)) {
    std::string name = strsignal(WTERMSIG(status));
    if (!name.empty()) name[0] = static_cast<char>(std::tolower(name[0]));
    return "Runtime exited with error: signal: " + name;
  }
  if (WEXITSTATUS(status) == 0) return "Runtime exited without providing a reason";
  return fmt::format("Runtime exited with error: exit status {}", WEXITSTATUS(status));
}

}  // namespace

std::string request_id_of(const Task& task, std::uint64_t number) {
  std::string digits = task.task_id;
  digits.resize(32, '0');
  if (!task.token.empty()) digits.replace(20, 12, fmt::format("{:012x}", number & 0xffff'ffff'ffff));
  const std::string_view all = digits;
  return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4),
                     all.substr(16, 4), all.substr(20));
}

std::string lambda_error(std::string_view type, std::string_view request_id, std::string_view what) {
  const nlohmann::ordered_json error = {
      {"errorType", type}, {"errorMessage", fmt::format("RequestId: {} Error: {}", request_id, what)}};
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string exit_error(std::string_view request_id, int status) {
  return lambda_error("Runtime.ExitError", request_id, exit_text(status));
}

std::string timeout_error(std::string_view request_id, Seconds allowed) {
  return lambda_error("Sandbox.Timedout", request_id,
                      fmt::format("Task timed out after {:.2f} seconds", allowed));
}

}  // namespace sosw
