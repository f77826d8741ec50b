#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace sosw {

/// The processes of this machine, as far as /proc shows them.
std::vector<pid_t> all_processes();

/// The children of this process, including zombies.
std::vector<pid_t> children();

/// At most `at_most` bytes of a file in a process's folder of /proc; empty when it can't be read.
std::string read_of_process(pid_t process, const char* file, std::size_t at_most);

struct ProcessState {
  char letter = 'X';  ///< 'Z' for a zombie
  pid_t parent = 0;
  std::uint64_t began = 0;  ///< clock ticks since boot: with the number, it identifies one process
  bool has_ended() const { return letter == 'Z' || letter == 'X'; }
};

/// Returns nullopt when there is no such process.
std::optional<ProcessState> state_of(pid_t process);

/// Whether a process with this number that began then is still running.
bool lives(pid_t process, std::uint64_t began);

/// Its effective user. Returns nullopt when there is no such process.
std::optional<uid_t> user_of(pid_t process);

}  // namespace sosw
