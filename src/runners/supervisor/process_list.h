#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace sosw {

/// The processes of this machine, as far as /proc shows them.
std::vector<pid_t> all_processes();

/// The children of this process, ended ones that were not waited for included.
std::vector<pid_t> children();

/// At most `at_most` bytes of a file in a process's folder of /proc; empty when it can't be read.
std::string read_of_process(pid_t process, const char* file, std::size_t at_most);

struct ProcessState {
  char letter = 'X';  ///< 'Z' for one that has ended and was not waited for
  pid_t parent = 0;
  std::uint64_t began = 0;  ///< clock ticks since the machine started: with the number, it names one process
  bool has_ended() const { return letter == 'Z' || letter == 'X'; }
};

/// Returns nullopt when there is no such process.
std::optional<ProcessState> state_of(pid_t process);

/// Whether there is a process of this number that began then and has not ended.
bool lives(pid_t process, std::uint64_t began);

/// As whom it acts. Returns nullopt when there is no such process.
std::optional<uid_t> user_of(pid_t process);

}  // namespace sosw
