#pragma once

#include <string>

namespace sosw {

/// A process's end, for people; `status` is as from waitpid().
std::string describe_exit(int status);

}  // namespace sosw
