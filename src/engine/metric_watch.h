#pragma once

#include <functional>
#include <thread>

#include "essentials/ecology.h"

namespace sosw {

/// Keeps an Ecology's readings fresh from a thread of its own, so that a slow metric source holds up no task.
class MetricWatch {
 public:
  /// `refreshed` is called in that thread after each round. Without metrics there is no thread.
  MetricWatch(Ecology&, Seconds period, std::function<void()> refreshed);

 private:
  std::jthread thread_;
};

}  // namespace sosw
