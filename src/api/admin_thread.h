#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "admin/admin_service.h"

namespace sosw {

/// A thread with an admin service of its own, so that looking into the store holds nobody else up.
class AdminThread {
 public:
  using Opening = std::function<std::unique_ptr<AdminService>()>;
  explicit AdminThread(Opening);
  ~AdminThread();  ///< ends what is under way; what waits is not done
  AdminThread(const AdminThread&) = delete;
  AdminThread& operator=(const AdminThread&) = delete;

  /// Has this called by the thread, in turn; it must not throw. False when too much waits already. Any
  /// thread.
  bool post(std::function<void()>);

  /// For what was posted: the admin service, opened at its first use. Throws what opening it throws.
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
