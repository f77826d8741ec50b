#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "admin/desk.h"

namespace sosw {

/// A thread with a desk of its own, so that looking into the store holds nobody else up.
class DeskThread {
 public:
  using Opening = std::function<std::unique_ptr<Desk>()>;
  explicit DeskThread(Opening);
  ~DeskThread();  ///< ends what is under way; what waits is not done
  DeskThread(const DeskThread&) = delete;
  DeskThread& operator=(const DeskThread&) = delete;

  /// Has this called by the thread, in turn; it must not throw. False when too much waits already. Any
  /// thread.
  bool post(std::function<void()>);

  /// For what was posted: the desk, opened at its first use. Throws what opening it throws.
  Desk& desk();

 private:
  void work();

  Opening open_;
  std::unique_ptr<Desk> desk_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sosw
