#pragma once

#include "runners/process/descriptor.h"

namespace sosw {

/// The whole life of a keeper, in the child that was forked for it: serves what comes over the socket until
/// the other side is gone, then ends everything and exits.
[[noreturn]] void live_as_keeper(Descriptor socket);

}  // namespace sosw
