#include "runners/supervisor/process_list.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include "runners/process/descriptor.h"

namespace sosw {
namespace {

constexpr std::string_view kVariable = "SOSW_KEPT=";
constexpr int kRounds = 1000;  // of killing what still appears

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc"), closedir);
  if (!folder) return processes;
  while (const dirent* entry = readdir(folder.get()))
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0)
      processes.push_back(std::atoi(entry->d_name));
  return processes;
}

/// At most `at_most` bytes of a file of /proc; empty when it can't be read.
std::string read_of(pid_t process, const char* file, std::size_t at_most) {
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
pid_t parent_of(pid_t process) {
  const std::string stat = read_of(process, "stat", 512);
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > stat.size()) return 0;
  pid_t parent = 0;
  std::from_chars(stat.data() + name_end + 4, stat.data() + stat.size(), parent);
  return parent;
}

}  // namespace

std::vector<pid_t> children() {
  const pid_t parent = getpid();
  std::vector<pid_t> processes = all_processes();
  std::erase_if(processes, [&](pid_t process) { return parent_of(process) != parent; });
  return processes;
}

std::string keeping_mark(pid_t process) {
  const std::string environment = read_of(process, "environ", std::size_t{256} * 1024);
  std::string_view rest = environment;
  while (!rest.empty()) {
    const std::string_view variable = rest.substr(0, rest.find('\0'));
    if (variable.starts_with(kVariable)) return std::string(variable.substr(kVariable.size()));
    rest.remove_prefix(std::min(variable.size() + 1, rest.size()));
  }
  return "";
}

std::string keeping_variable(pid_t keeper, std::uint64_t id) {
  return fmt::format("{}{}.{}", kVariable, keeper, id);
}

void kill_orphans_of(pid_t keeper) {
  const std::string prefix = fmt::format("{}.", keeper);
  bool found = true;
  for (int round = 0; found && round < kRounds; ++round) {
    found = false;
    for (const pid_t process : all_processes())
      if (keeping_mark(process).starts_with(prefix)) found = kill(process, SIGKILL) == 0 || found;
  }
}

}  // namespace sosw
