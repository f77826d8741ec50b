#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "sosw/model/outcome.h"

namespace sosw {

/// The queue between the threads that see workers end and the one that settles the outcomes. All calls are
/// safe from any thread.
class Outcomes {
 public:
  void put(Outcome);

  /// Outcomes for which `take` returns true are not queued: those of invocations that are not tasks. It is
  /// called on the threads that see workers end. Not while any worker runs.
  void intercept(std::function<bool(const Outcome&)> take) { interceptor_ = std::move(take); }

  /// Everything that arrived since the last call, in the order of arrival.
  std::vector<Outcome> take();

  /// Ends a wait_for() now or, when there is none, the next one at once.
  void wake();

  /// Returns when there is an outcome, after wake(), or when the time is over.
  void wait_for(Seconds);

 private:
  std::function<bool(const Outcome&)> interceptor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> arrived_;
  bool woken_ = false;
};

}  // namespace sosw
