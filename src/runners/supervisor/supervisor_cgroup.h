#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace sosw {

// A cgroup (version 2) for each supervisor, below that of its engine, where this user may make one: root may,
// and whoever has a part of the tree delegated. What its workers start is in it, whatever it does with its
// environment and its limits. Without one their marks have to do.

/// Puts this process, a supervisor that has started nothing yet, into a new cgroup.
void enter_own_cgroup();

/// Removes the cgroup of a supervisor that has ended, if there is one and it is empty.
void remove_cgroup_of(pid_t supervisor, std::uint64_t began);

/// The processes in the cgroups of supervisors that have ended. Those that are empty are removed.
std::vector<pid_t> left_in_cgroups();

}  // namespace sosw
