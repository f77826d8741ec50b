#include "runners/supervisor/process_list.h"

#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "runners/process/descriptor.h"

namespace sosw {

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc"), closedir);
  if (!folder) return processes;
  while (const dirent* entry = readdir(folder.get()))
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0)
      processes.push_back(std::atoi(entry->d_name));
  return processes;
}

std::vector<pid_t> children() {
  const pid_t parent = getpid();
  std::vector<pid_t> processes = all_processes();
  std::erase_if(processes,
                [&](pid_t process) { return state_of(process).value_or(ProcessState{}).parent != parent; });
  return processes;
}

std::string read_of_process(pid_t process, const char* file, std::size_t at_most) {
  std::array<char, 64> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/{}", process, file);
  const Descriptor descriptor(open(path.data(), O_RDONLY | O_CLOEXEC));
  std::string text(descriptor.is_open() ? at_most : 0, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(descriptor.number(), text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

/// From "pid (name) state parent ..."; a name may hold anything, blanks and brackets included.
std::optional<ProcessState> state_of(pid_t process) {
  constexpr int kFromParentToBegin = 18;  // proc(5): fields 4 and 22
  const std::string stat = read_of_process(process, "stat", 1024);
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  ProcessState state;
  fields >> state.letter >> state.parent;
  std::string skipped;
  for (int i = 1; i < kFromParentToBegin; ++i) fields >> skipped;
  fields >> state.began;
  return fields ? std::optional(state) : std::nullopt;
}

bool lives(pid_t process, std::uint64_t began) {
  const auto state = state_of(process);
  return state && state->began == began && !state->has_ended();
}

std::optional<uid_t> user_of(pid_t process) {
  constexpr std::string_view kLine = "\nUid:";
  const std::string status = read_of_process(process, "status", std::size_t{8} * 1024);
  const std::size_t line = status.find(kLine);
  if (line == std::string::npos) return std::nullopt;
  std::istringstream fields(status.substr(line + kLine.size()));
  uid_t real = 0, effective = 0;
  return fields >> real >> effective ? std::optional(effective) : std::nullopt;
}

}  // namespace sosw
