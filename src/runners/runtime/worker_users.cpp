#include "runners/runtime/worker_users.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "runners/supervisor/process_list.h"

namespace sosw {
namespace {

constexpr uid_t kRoot = 0;
constexpr std::chrono::seconds kStrangerPeriod{1};

}  // namespace

WorkerUsers::WorkerUsers(std::string labourer_id, WorkerMark mark)
    : labourer_id_(std::move(labourer_id)), mark_(mark), known_{kRoot, geteuid()} {}

bool WorkerUsers::may_ask(uid_t user) {
  if (known_.contains(user)) return true;
  const auto now = Clock::now();
  const auto stranger = strangers_.find(user);
  if (stranger != strangers_.end() && now < stranger->second + kStrangerPeriod) return false;
  if (works_as(user)) {
    known_.insert(user);
    return true;
  }
  if (stranger == strangers_.end())
    spdlog::warn(
        "labourer {}: a program of user {}, which is none of its workers, asked for events and was refused",
        labourer_id_, user);
  strangers_[user] = now;
  return false;
}

bool WorkerUsers::works_as(uid_t user) const {
  return std::ranges::any_of(all_processes(), [&](pid_t process) {
    return user_of(process) == user && WorkerMark::on(process) == mark_;
  });
}

}  // namespace sosw
