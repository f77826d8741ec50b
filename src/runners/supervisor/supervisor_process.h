#pragma once

#include "runners/process/descriptor.h"

namespace sosw {

/// Runs a supervisor, in the child forked for it: serves requests from the socket until the peer is gone,
/// then ends everything and exits.
[[noreturn]] void run_supervisor(Descriptor socket);

}  // namespace sosw
