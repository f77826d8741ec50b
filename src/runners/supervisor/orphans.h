#pragma once

namespace sosw {

/// Kills, with SIGKILL, all processes left by workers whose supervisor is gone, whichever engine it was of,
/// and returns when only those are left that this user may not kill. These are logged, and so are long waits.
/// Processes in another PID namespace (a container) are ignored.
void end_orphans();

}  // namespace sosw
