#include "runners/process/exit_description.h"

#include <cstring>

#include <fmt/format.h>
#include <sys/wait.h>

namespace sosw {

std::string describe_exit(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  const char* name = sigabbrev_np(WTERMSIG(status));
  return name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", WTERMSIG(status));
}

}  // namespace sosw
