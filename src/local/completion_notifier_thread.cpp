#include "local/completion_notifier_thread.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

constexpr Seconds kRestAfterTrouble = 1;

}  // namespace

ConnectedCompletionNotifier::ConnectedCompletionNotifier(const StoreLocation& store_location,
                                                         const Settings& settings,
                                                         const EventSinks& event_sinks)
    : store_(open_store(store_location, StoreAccess::write)),
      events_(store_->events(), event_sinks),
      scheduler_(settings, store_->jobs(), events_, clock_, random_),
      notifier_(store_->jobs(), scheduler_, messages_, clock_) {}

void ConnectedCompletionNotifier::run() {
  notifier_.run();
  while (!scheduler_.idle()) scheduler_.step();
}

CompletionNotifierThread::CompletionNotifierThread(const StoreLocation& store_location,
                                                   const Settings& settings, const EventSinks& event_sinks)
    : thread_([store_location, &settings, event_sinks](const std::stop_token& stop) {
        std::optional<ConnectedCompletionNotifier> notifier;
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
          Seconds rest = kRestAfterTrouble;
          try {
            if (!notifier) notifier.emplace(store_location, settings, event_sinks);
            notifier->run();
            rest = notifier->rest();
          } catch (const Error& error) {
            spdlog::error("announcing finished jobs: {}; trying again", error.what());
          }
          ended.wait_for(lock, stop, std::chrono::duration<double>(rest), [] { return false; });
        }
      }) {}

void CompletionNotifierThread::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace sosw
