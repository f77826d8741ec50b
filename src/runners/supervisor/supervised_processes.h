#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

#include "runners/process/spawn.h"
#include "runners/supervisor/supervisor_messages.h"
#include "runners/supervisor/worker_mark.h"

namespace sosw {

/// The processes that a supervisor has started, until nothing of them is left. Belongs to the supervisor
/// process, the subreaper of its children's descendants.
class SupervisedProcesses {
 public:
  using Clock = std::chrono::steady_clock;

  void start(const StartRequest&, const std::array<int, 3>& files);
  void signal(std::uint64_t id, int number);

  /// Reaps ended processes and kills what they left behind. Must be called after each SIGCHLD, and when
  /// poll_timeout() is over.
  void clean_up();

  /// How long clean_up() has no work unless a child ends, in milliseconds as for poll().
  int poll_timeout() const;

  /// The results of starts since the last call.
  std::vector<Reply> replies() { return std::exchange(replies_, {}); }

  /// Kills all started processes and their descendants; returns when none is left.
  void end_all();

 private:
  struct Leaving {
    std::uint64_t id;
    pid_t group;
    int status;
    Clock::time_point deadline;
  };

  void reap();
  void take_leave(pid_t process, int status);
  bool could_not_start(pid_t process, std::uint64_t id);
  void report_those_who_left();
  void kill_orphans();
  void report(std::uint64_t id, int status) { replies_.push_back({id, Reply::Kind::ended, status, {}}); }

  const SupervisorMarks marks_{getpid()};
  Spawner spawner_;
  std::unordered_map<std::uint64_t, pid_t> running_;
  std::unordered_map<pid_t, std::uint64_t> ids_;  ///< of running ones
  std::vector<Leaving> leaving_;                  ///< ended, but not their whole process groups
  std::vector<StartFailure> failures_;
  std::vector<Reply> replies_;
  bool orphans_possible_ = false;  ///< a process ended since the last search for them
  Clock::time_point next_search_;
};

}  // namespace sosw
