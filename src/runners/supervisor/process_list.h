#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace sosw {

/// The children of this process, ended ones that were not waited for included.
std::vector<pid_t> children();

/// The value of the variable SOSW_KEPT in the environment that a process was started with; empty when it has
/// none or is not ours to look at.
std::string keeping_mark(pid_t process);

/// SOSW_KEPT=<keeper>.<id>
std::string keeping_variable(pid_t keeper, std::uint64_t id);

/// Kills every process of this machine that this keeper has started, and theirs; for when the keeper is gone.
void kill_orphans_of(pid_t keeper);

}  // namespace sosw
