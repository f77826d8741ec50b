#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/resource.h>
#include <sys/types.h>

namespace sosw {

/// Says which supervisor has started a worker, and as which of its starts. A process hands it down to all
/// that it starts, in two ways:
///  - as its soft limit RLIMIT_LOCKS, a number that Linux has enforced nothing by since 2.4.25. It outlives
///  an
///    emptied environment, a new session, and the death of everybody who knew of the process;
///  - as the variable SOSW_KEPT, for those whose limits are set anew (su, sudo), and for kernels that do not
///    let this limit be set.
class WorkerMark {
 public:
  /// Returns nullopt when the process has none, or is gone.
  static std::optional<WorkerMark> on(pid_t process);

  bool operator==(const WorkerMark&) const = default;

  /// Whether the supervisor that set it still runs.
  bool supervisor_lives() const;

  std::string variable() const;  ///< NAME=VALUE
  rlim_t limit() const { return number_; }

 private:
  friend class SupervisorMarks;
  explicit WorkerMark(std::uint64_t number) : number_(number) {}
  static std::optional<WorkerMark> from(std::uint64_t number);

  std::uint64_t number_;
};

/// The marks that a supervisor gives.
class SupervisorMarks {
 public:
  explicit SupervisorMarks(pid_t supervisor);
  WorkerMark of_start(std::uint64_t id) const;

 private:
  std::uint64_t supervisor_;
};

}  // namespace sosw
