#pragma once

namespace sosw {

/// Ends, with SIGKILL, all that workers have left behind whose supervisor is gone, whichever engine it was
/// of, and returns when nothing of it is left but what this user may not kill. That is logged, and so is what
/// takes long. What lives in another namespace of processes (a container) is not looked at.
void end_orphans();

}  // namespace sosw
