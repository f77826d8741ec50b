#pragma once

#include "runners/process/descriptor.h"

namespace sosw {

/// The whole life of a supervisor, in the child that was forked for it: serves what comes over the socket
/// until the other side is gone, then ends everything and exits.
[[noreturn]] void run_supervisor(Descriptor socket);

}  // namespace sosw
