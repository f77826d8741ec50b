#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "sosw/model/outcome.h"

namespace sosw {

/// The mailbox between the threads that see workers end and the one that settles what became of them.
/// All calls are safe from any thread.
class Outcomes {
 public:
  void put(Outcome);

  /// Outcomes that `take` says yes to do not come here: those of invocations that are no tasks. It is called
  /// by the threads that see workers end. Not while any worker runs.
  void intercept(std::function<bool(const Outcome&)> take) { interceptor_ = std::move(take); }

  /// Everything that arrived since the last call, in the order of arrival.
  std::vector<Outcome> take();

  /// End a wait_for() now or, when nobody waits, the next one at once.
  void wake();

  /// Returns when there is something to take, after wake(), or when the time is over.
  void wait_for(Seconds);

 private:
  std::function<bool(const Outcome&)> interceptor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> arrived_;
  bool woken_ = false;
};

}  // namespace sosw
