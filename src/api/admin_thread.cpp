#include "api/admin_thread.h"

#include <utility>

namespace sosw {
namespace {

constexpr std::size_t kWaiting = 128;

}  // namespace

AdminThread::AdminThread(Opening open) : open_(std::move(open)), thread_([this] { work(); }) {}

AdminThread::~AdminThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool AdminThread::post(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaiting) return false;
    waiting_.push_back(std::move(call));
  }
  changed_.notify_all();
  return true;
}

AdminService& AdminThread::admin() {
  if (!admin_) admin_ = open_();
  return *admin_;
}

void AdminThread::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const auto call = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    call();
    lock.lock();
  }
}

}  // namespace sosw
