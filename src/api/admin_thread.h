#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "admin/admin_service.h"

namespace sosw {

/// A thread with its own admin service, so that reading the store blocks no other thread.
class AdminThread {
 public:
  using Opening = std::function<std::unique_ptr<AdminService>()>;
  explicit AdminThread(Opening);
  ~AdminThread();  ///< finishes the current call; waiting ones are dropped
  AdminThread(const AdminThread&) = delete;
  AdminThread& operator=(const AdminThread&) = delete;

  /// Queues a call for the thread; it must not throw. False when too many calls wait already. Any thread.
  bool post(std::function<void()>);

  /// For posted calls: the admin service, opened at its first use. Throws what opening it throws.
  AdminService& admin();

 private:
  void work();

  Opening open_;
  std::unique_ptr<AdminService> admin_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sosw
