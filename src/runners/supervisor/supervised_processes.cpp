#include "runners/supervisor/supervised_processes.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "runners/supervisor/process_list.h"
#include "runners/supervisor/worker_mark.h"

namespace sosw {
namespace {

using std::chrono::milliseconds;

// A killed process may need a moment to go; one that hangs in the kernel, or runs as another user, must not
// keep the end of its group from being reported.
constexpr milliseconds kGroupTimeout{2000};
constexpr milliseconds kLookPeriod{10};  // for checks of remaining groups

// The search for processes that left their group reads /proc: milliseconds where thousands of processes run.
constexpr milliseconds kSearchPeriod{20};
constexpr int kSearchShare = 20;  // at most one part in so many of the time is spent searching

bool group_is_gone(pid_t group) { return kill(-group, 0) != 0 && errno == ESRCH; }

int milliseconds_until(SupervisedProcesses::Clock::time_point time) {
  const auto left = std::chrono::ceil<milliseconds>(time - SupervisedProcesses::Clock::now());
  return static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
}

/// Reaps ended children; returns false when there is none.
bool wait_for_some() {
  if (waitpid(-1, nullptr, 0) < 0 && errno != EINTR) return false;
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return true;
}

}  // namespace

void SupervisedProcesses::start(const StartRequest& request, const std::array<int, 3>& files) {
  if (std::ranges::count(files, -1) > 0) {  // they were not transferred
    replies_.push_back({request.id, Reply::Kind::not_started, EMFILE, StartStep::fork});
    return;
  }
  const pid_t process = spawner_.spawn(request, marks_.of_start(request.id), files);
  if (process < 0) {
    replies_.push_back({request.id, Reply::Kind::not_started, errno, StartStep::fork});
    return;
  }
  running_.emplace(request.id, process);
  ids_.emplace(process, request.id);
}

void SupervisedProcesses::signal(std::uint64_t id, int number) {
  const auto process = running_.find(id);
  if (process == running_.end()) return;
  // Where vfork is a fork, as under ThreadSanitizer, a newly started process leads no group yet.
  if (kill(-process->second, number) != 0) kill(process->second, number);
}

void SupervisedProcesses::clean_up() {
  reap();
  report_those_who_left();
  if (orphans_possible_ && Clock::now() >= next_search_) kill_orphans();
}

int SupervisedProcesses::poll_timeout() const {
  if (!leaving_.empty()) return static_cast<int>(kLookPeriod.count());
  return orphans_possible_ ? milliseconds_until(next_search_) : -1;
}

void SupervisedProcesses::reap() {
  siginfo_t child{};
  while (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 && child.si_pid != 0) {
    const pid_t process = child.si_pid;
    // While it is a zombie, no other process can have its number.
    if (ids_.contains(process)) kill(-process, SIGKILL);
    int status = 0;
    waitpid(process, &status, 0);
    orphans_possible_ = true;
    take_leave(process, status);
    child.si_pid = 0;
  }
}

void SupervisedProcesses::take_leave(pid_t process, int status) {
  const auto known = ids_.find(process);
  if (known == ids_.end()) return;
  const std::uint64_t id = known->second;
  ids_.erase(known);
  running_.erase(id);
  if (WIFEXITED(status) && WEXITSTATUS(status) == Spawner::kFailed && could_not_start(process, id)) return;
  if (group_is_gone(process))
    report(id, status);
  else
    leaving_.push_back({id, process, status, Clock::now() + kGroupTimeout});
}

bool SupervisedProcesses::could_not_start(pid_t process, std::uint64_t id) {
  for (const StartFailure& failure : spawner_.failures()) failures_.push_back(failure);
  const auto failure = std::ranges::find(failures_, process, &StartFailure::process);
  if (failure == failures_.end()) return false;
  replies_.push_back({id, Reply::Kind::not_started, failure->error, failure->step});
  failures_.erase(failure);
  return true;
}

void SupervisedProcesses::report_those_who_left() {
  const auto now = Clock::now();
  std::erase_if(leaving_, [&](const Leaving& leaving) {
    if (!group_is_gone(leaving.group) && now < leaving.deadline) return false;
    report(leaving.id, leaving.status);
    return true;
  });
}

/// Children that we did not start were reparented to us. They may stay as long as the process whose mark they
/// have runs; those without a mark as long as anything runs.
void SupervisedProcesses::kill_orphans() {
  const auto began = Clock::now();
  for (const pid_t child : children()) {
    if (ids_.contains(child)) continue;
    const auto mark = WorkerMark::on(child);
    const auto bears_it = [&](const auto& running) { return marks_.of_start(running.first) == mark; };
    if (mark ? std::ranges::any_of(running_, bears_it) : !running_.empty()) continue;
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
  }
  orphans_possible_ = false;
  next_search_ =
      Clock::now() + std::max<Clock::duration>(kSearchPeriod, (Clock::now() - began) * kSearchShare);
}

void SupervisedProcesses::end_all() {
  for (const auto& [process, id] : ids_) kill(-process, SIGKILL);
  do {
    for (const pid_t child : children()) {
      kill(-child, SIGKILL);
      kill(child, SIGKILL);
    }
    // Each end may reparent others to us, which the next round finds.
  } while (wait_for_some());
}

}  // namespace sosw
