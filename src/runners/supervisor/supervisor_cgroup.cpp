#include "runners/supervisor/supervisor_cgroup.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "runners/supervisor/process_list.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "sosw-workers-";  // and the supervisor's number, '-', and its start time

/// That of this process; empty when the machine has none of version 2.
fs::path own_cgroup() {
  constexpr std::string_view kVersion2 = "0::";
  std::string index;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with(kVersion2)) index = line.substr(kVersion2.size());
  std::ifstream mounts("/proc/self/mounts");
  for (std::string device, folder, type, rest;
       mounts >> device >> folder >> type && std::getline(mounts, rest);)
    if (type == "cgroup2" && !index.empty()) return folder + index;
  return {};
}

std::string name_of(pid_t supervisor, std::uint64_t began) {
  return fmt::format("{}{}-{}", kPrefix, supervisor, began);
}

/// Whether it is the name of the cgroup of an ended supervisor.
bool is_of_the_dead(const std::string& name) {
  if (!name.starts_with(kPrefix)) return false;
  pid_t supervisor = 0;
  std::uint64_t began = 0;
  const char* end = name.data() + name.size();
  const auto first = std::from_chars(name.data() + kPrefix.size(), end, supervisor);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return false;
  const auto second = std::from_chars(first.ptr + 1, end, began);
  return second.ec == std::errc() && second.ptr == end && !lives(supervisor, began);
}

}  // namespace

void enter_own_cgroup() {
  const fs::path parent = own_cgroup();
  const auto state = state_of(getpid());
  if (parent.empty() || !state) return;
  const fs::path own = parent / name_of(getpid(), state->began);
  std::error_code no_right;
  if (!fs::create_directory(own, no_right)) return;
  std::ofstream processes(own / "cgroup.procs");
  processes << getpid();
  processes.close();
  if (processes.fail()) fs::remove(own, no_right);
}

void remove_cgroup_of(pid_t supervisor, std::uint64_t began) {
  std::error_code ignored;
  if (const fs::path parent = own_cgroup(); !parent.empty())
    fs::remove(parent / name_of(supervisor, began), ignored);
}

std::vector<pid_t> left_in_cgroups() {
  std::vector<pid_t> left;
  const fs::path parent = own_cgroup();
  std::error_code ignored;
  if (parent.empty()) return left;
  for (fs::directory_iterator folder(parent, ignored), end; folder != end; folder.increment(ignored)) {
    if (!is_of_the_dead(folder->path().filename())) continue;
    std::ifstream processes(folder->path() / "cgroup.procs");
    for (pid_t process = 0; processes >> process;)
      if (process > 0) left.push_back(process);  // 0: of another PID namespace
    fs::remove(folder->path(), ignored);         // fails as long as it has processes
  }
  return left;
}

}  // namespace sosw
