#include "local/announcer.h"

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

OpenAnnouncements::OpenAnnouncements(const StorePlace& place, const Settings& settings,
                                     const Witnesses& witnesses)
    : store_(open_store(place, StoreUse::act)),
      events_(store_->events(), witnesses),
      scheduler_(settings, store_->jobs(), events_, clock_, random_),
      announcements_(store_->jobs(), scheduler_, messages_, clock_) {}

void OpenAnnouncements::run() {
  announcements_.run();
  while (!scheduler_.idle()) scheduler_.step();
}

Announcer::Announcer(const StorePlace& place, const Settings& settings, const Witnesses& witnesses)
    : thread_([place, &settings, witnesses](const std::stop_token& stop) {
        std::optional<OpenAnnouncements> announcements;
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
          Seconds rest = kRestAfterTrouble;
          try {
            if (!announcements) announcements.emplace(place, settings, witnesses);
            announcements->run();
            rest = announcements->rest();
          } catch (const Error& error) {
            spdlog::error("announcing finished jobs: {}; trying again", error.what());
          }
          ended.wait_for(lock, stop, std::chrono::duration<double>(rest), [] { return false; });
        }
      }) {}

void Announcer::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace sosw
