#include "runners/outcomes.h"

#include <chrono>
#include <utility>

namespace sosw {

void Outcomes::put(Outcome outcome) {
  if (interceptor_ && interceptor_(outcome)) return;
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(outcome));
  }
  changed_.notify_one();
}

std::vector<Outcome> Outcomes::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(arrived_, {});
}

void Outcomes::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Outcomes::wait_for(Seconds seconds) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                    [this] { return woken_ || !arrived_.empty(); });
  woken_ = false;
}

}  // namespace sosw
