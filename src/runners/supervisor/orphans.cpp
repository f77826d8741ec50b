#include "runners/supervisor/orphans.h"

#include <cerrno>
#include <csignal>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <spdlog/spdlog.h>

#include "runners/supervisor/process_list.h"
#include "runners/supervisor/supervisor_cgroup.h"
#include "runners/supervisor/worker_mark.h"

namespace sosw {
namespace {

constexpr int kRoundPause = 5;           // milliseconds
constexpr int kRoundsBeforeWords = 400;  // of waiting for killed processes

/// "NSpid:" lists a process's number in each PID namespace; processes in child namespaces have marks with
/// their own numbers.
bool is_of_our_namespace(pid_t process) {
  constexpr std::string_view kName = "NSpid:\t";
  const std::string status = read_of_process(process, "status", std::size_t{8} * 1024);
  const std::size_t line = status.find(kName);
  if (line == std::string::npos) return true;  // a kernel without such namespaces
  const std::string numbers =
      status.substr(line + kName.size(), status.find('\n', line) - line - kName.size());
  return numbers.find('\t') == std::string::npos;
}

bool is_orphan(pid_t process) {
  const auto mark = WorkerMark::on(process);
  if (!mark || mark->supervisor_lives() || !is_of_our_namespace(process)) return false;
  return !state_of(process).value_or(ProcessState{}).has_ended();
}

std::vector<pid_t> orphans() {
  std::vector<pid_t> found = all_processes();
  std::erase_if(found, [](pid_t process) { return !is_orphan(process); });
  const std::vector<pid_t> others = left_in_cgroups();
  found.insert(found.end(), others.begin(), others.end());
  return found;
}

}  // namespace

void end_orphans() {
  std::set<pid_t> not_ours;
  for (int round = 0;; ++round) {
    std::vector<pid_t> left;
    for (const pid_t process : orphans()) {
      if (not_ours.contains(process)) continue;
      if (kill(process, SIGKILL) == 0 || errno == ESRCH) {
        left.push_back(process);
      } else if (not_ours.insert(process).second) {
        spdlog::warn("process {} is left of a worker whose engine was killed, and this user may not end it",
                     process);
      }
    }
    if (left.empty()) return;
    if (round == kRoundsBeforeWords)
      spdlog::warn("waiting for process {}, left of a worker whose engine was killed, to end", left.front());
    poll(nullptr, 0, kRoundPause);
  }
}

}  // namespace sosw
