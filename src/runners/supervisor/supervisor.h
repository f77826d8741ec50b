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

/// The result of a start.
struct ProcessEvent {
  enum class Kind {
    ended,        ///< all its descendants are gone, too
    unstartable,  ///< no such program or directory, no right to run it
    shortage,     ///< not started: the machine currently lacks memory or processes
  };
  std::uint64_t id = 0;
  Kind kind = Kind::ended;
  int status = 0;       ///< ended: as from waitpid()
  std::string problem;  ///< unless ended: for people
};

/// A small helper process that starts processes for this one, sees them end, and outlives it long enough to
/// kill them all, however it ended. One thread at a time; construct it before any thread is started.
///
/// A started process runs in its own session with all signals at their defaults and no files but the three
/// given. When it ends, the rest of its process group is killed before the end is reported, and processes
/// that left the group soon after. The supervisor recognizes the latter by its WorkerMark.
///
/// The supervisor keeps the files open at its fork, except standard input, output and error. It receives no
/// signal of the terminal and ignores SIGTERM. When it is killed, its processes get SIGKILL, too, and
/// end_orphans() ends what they leave behind: it is called by news(), and must be called by the next engine
/// for when this process was killed as well.
///
/// They communicate over a packet socket. To the supervisor: start (id, directory, argv, environment, three
/// descriptors), signal (id, number). From it: one ProcessEvent for each start. See supervisor_messages.h.
class Supervisor {
 public:
  /// Throws Error when the process can't be created.
  Supervisor();

  /// Kills all running processes, with SIGKILL, and the supervisor itself.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Requests a start; `id` must be new. Returns resource_unavailable_try_again when the supervisor is busy,
  /// and descriptor() becomes writable when it no longer is; another error when the request can't be sent.
  std::error_code start(std::uint64_t id, const ProcessPlan&);

  /// Sends a signal to the process group of a started process. Harmless when it has ended.
  void signal(std::uint64_t id, int number);

  /// Readable when there are events.
  int descriptor() const { return socket_.number(); }

  /// The pending events, without waiting. nullopt when the supervisor is gone: then all started processes are
  /// ended and there will be no more events.
  std::optional<std::vector<ProcessEvent>> take_events();

  /// Any thread.
  bool is_gone() const;

  pid_t process() const { return process_; }

  /// The mark of the process of this start, and of its descendants.
  WorkerMark mark_of(std::uint64_t id) const { return SupervisorMarks(process_).of_start(id); }

 private:
  Descriptor socket_;
  pid_t process_ = -1;
};

}  // namespace sosw
