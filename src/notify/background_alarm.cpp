#include "notify/background_alarm.h"

#include <utility>

#include <fmt/format.h>

namespace sosw {
namespace {

constexpr std::size_t kMostRaised = 10'000;

}  // namespace

BackgroundAlarm::BackgroundAlarm(std::unique_ptr<Alarm> alarm)
    : alarm_(std::move(alarm)), thread_([this] { work(); }) {}

BackgroundAlarm::~BackgroundAlarm() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void BackgroundAlarm::raise(const std::string& subject, const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (raised_.size() < kMostRaised)
    raised_.push_back({subject, message});
  else
    ++left_out_;
}

void BackgroundAlarm::send() {
  {
    const std::lock_guard lock(mutex_);
    if (raised_.empty()) return;
    wanted_ = true;
  }
  changed_.notify_one();
}

void BackgroundAlarm::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return wanted_ || ending_; });
    if (raised_.empty()) return;
    const auto raised = std::exchange(raised_, {});
    const auto left_out = std::exchange(left_out_, 0);
    wanted_ = false;
    lock.unlock();
    ring(raised, left_out);
    lock.lock();
  }
}

void BackgroundAlarm::ring(const std::vector<Raised>& raised, std::size_t left_out) {
  for (const auto& [subject, message] : raised) alarm_->raise(subject, message);
  if (left_out > 0)
    alarm_->raise(raised.back().subject, fmt::format("and {} more that are not told one by one", left_out));
  alarm_->send();
}

}  // namespace sosw
