#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include <sys/types.h>

#include "runners/supervisor/worker_mark.h"

namespace sosw {

/// The users whose programs may ask for a warm worker's events: this process's own, root, and those as whom
/// the worker or its descendants run, found by the worker's mark.
class WorkerUsers {
 public:
  WorkerUsers(std::string labourer_id, WorkerMark mark);

  /// The first refusal is logged. The search for the worker's processes takes milliseconds, so it is made
  /// once a second for each unknown user.
  bool may_ask(uid_t user);

 private:
  using Clock = std::chrono::steady_clock;

  bool works_as(uid_t user) const;

  const std::string labourer_id_;
  const WorkerMark mark_;
  std::set<uid_t> known_;
  std::map<uid_t, Clock::time_point> strangers_;  ///< when their processes were last searched for
};

}  // namespace sosw
