#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace sosw {

// A cgroup (version 2) for each supervisor, below that of its engine, where this user may create one: root
// may, and users with a delegated subtree. It contains the workers' processes, whatever they do with their
// environment and their limits. Without one the marks must suffice.

/// Puts this process, a supervisor that has started nothing yet, into a new cgroup.
void enter_own_cgroup();

/// Removes the cgroup of a supervisor that has ended, if there is one and it is empty.
void remove_cgroup_of(pid_t supervisor, std::uint64_t began);

/// The processes in the cgroups of supervisors that have ended. Those that are empty are removed.
std::vector<pid_t> left_in_cgroups();

}  // namespace sosw
