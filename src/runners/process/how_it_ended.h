#pragma once

#include <string>

namespace sosw {

/// A process's end, for people; `status` is as from waitpid().
std::string how_it_ended(int status);

}  // namespace sosw
