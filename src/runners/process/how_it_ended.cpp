#include "runners/process/how_it_ended.h"

#include <cstring>

#include <fmt/format.h>
#include <sys/wait.h>

namespace sosw {

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  const char* name = sigabbrev_np(WTERMSIG(status));
  return name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", WTERMSIG(status));
}

}  // namespace sosw
