#include "engine/metric_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sosw {

MetricWatch::MetricWatch(Ecology& ecology, Seconds period, std::function<void()> refreshed) {
  if (!ecology.has_metrics()) return;
  thread_ = std::jthread([&ecology, period, refreshed = std::move(refreshed)](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, stop, std::chrono::duration<double>(period), [] { return false; }) &&
           !stop.stop_requested()) {
      ecology.refresh();
      refreshed();
    }
  });
}

}  // namespace sosw
