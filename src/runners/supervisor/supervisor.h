#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <signal.h>
#include <sys/types.h>

#include "runners/process/descriptor.h"
#include "runners/supervisor/worker_mark.h"

namespace sosw {

/// A process to be started.
struct ProcessPlan {
  std::vector<std::string> argv;         ///< argv[0] is searched for in PATH unless it has a slash
  std::filesystem::path directory;       ///< where it runs; empty: where the supervisor was forked
  std::vector<std::string> environment;  ///< NAME=VALUE, in front of the supervisor's own
  std::array<Descriptor, 3> files;       ///< its standard input, output and error
};

/// What became of a process that was to be started.
struct ProcessEvent {
  enum class Kind {
    ended,        ///< all that it started is gone, too
    unstartable,  ///< no such program or directory, no right to run it
    shortage,     ///< not started: the machine lacks memory or processes for the moment
  };
  std::uint64_t id = 0;
  Kind kind = Kind::ended;
  int status = 0;       ///< ended: as from waitpid()
  std::string problem;  ///< unless ended: for people
};

/// A small process beside this one that starts processes for it, sees them end, and outlives it long enough
/// to end them all when it is gone, however it went. One thread at a time; construct it before any thread
/// is started.
///
/// What is started runs in a session of its own with all signals at their defaults and no files but the three
/// given. When it ends, what it left in its process group is killed before its end is told, and what left the
/// group soon after. The supervisor recognizes the latter by its WorkerMark.
///
/// The supervisor has the open files of the moment of its fork, except standard input, output and error. It
/// hears no signal of the terminal and ignores SIGTERM. When somebody kills it, its processes get SIGKILL,
/// too, and end_orphans() ends what they leave behind: it is called by news(), and has to be called by the
/// next engine for when this process was killed as well.
///
/// Both talk over a socket of packets. To the supervisor: start (id, directory, argv, environment, three
/// descriptors), signal (id, number). From it: one ProcessEvent for each start. See supervisor_messages.h.
class Supervisor {
 public:
  /// Throws Error when there can be no such process.
  Supervisor();

  /// Ends whatever runs, with SIGKILL, and the supervisor itself.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Hand over a start; `id` must be new. Returns resource_unavailable_try_again when the supervisor is busy,
  /// and descriptor() is writable when it no longer is; another error when it can't be handed over.
  std::error_code start(std::uint64_t id, const ProcessPlan&);

  /// Send a signal to the process group of a process that was started. Harmless when it has ended.
  void signal(std::uint64_t id, int number);

  /// Readable when there is news.
  int descriptor() const { return socket_.number(); }

  /// What there is, without waiting. Nothing when the supervisor is gone: then all that it started is ended
  /// and there will be no more news.
  std::optional<std::vector<ProcessEvent>> take_events();

  /// Any thread.
  bool is_gone() const;

  pid_t process() const { return process_; }

  /// What the process of this start bears, and all that it starts.
  WorkerMark mark_of(std::uint64_t id) const { return SupervisorMarks(process_).of_start(id); }

 private:
  Descriptor socket_;
  pid_t process_ = -1;
};

}  // namespace sosw
