#pragma once

#include <array>
#include <vector>

#include <sys/types.h>

#include "runners/process/descriptor.h"
#include "runners/supervisor/supervisor_messages.h"
#include "runners/supervisor/worker_mark.h"

namespace sosw {

/// Why a child could not execute its program.
struct StartFailure {
  pid_t process;
  StartStep step;
  int error;  ///< errno
};

/// Starts programs as children of this process, which must have one thread, all signals blocked and none
/// ignored.
class Spawner {
 public:
  Spawner();

  /// The child leads its own session, has the mark before its program starts, and dies with its parent.
  /// Returns its process id, or -1 with errno.
  pid_t spawn(const StartRequest&, const WorkerMark&, const std::array<int, 3>& files);

  /// Failures since the last call. A failed child exits with kFailed, after its failure is recorded.
  std::vector<StartFailure> failures();
  static constexpr int kFailed = 127;

 private:
  Descriptor failures_out_, failures_in_;
};

}  // namespace sosw
