#pragma once

#include <functional>
#include <thread>

#include "essentials/ecology.h"

namespace sosw {

/// Refreshes an Ecology's readings from its own thread, so that a slow metric source delays no task.
class MetricWatch {
 public:
  /// `refreshed` is called on that thread after each round. Without metrics there is no thread.
  MetricWatch(Ecology&, Seconds period, std::function<void()> refreshed);

 private:
  std::jthread thread_;
};

}  // namespace sosw
