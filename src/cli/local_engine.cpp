#include "cli/local_engine.h"

#include <thread>

#include <fmt/format.h>

#include "sosw/http/webhook_alarm.h"
#include "sosw/model/errors.h"
#include "sosw/system/log_alarm.h"
#include "sosw/system/system_waiting.h"

namespace sosw {
namespace {

constexpr Seconds kNextTry = 0.02;

/// Throws Error when another engine has the lock. Waits when that engine was killed and only its workers are
/// still being ended.
EngineLock take_lock(const std::filesystem::path& store_file) {
  for (;; SystemWaiting().wait(kNextTry)) {
    if (auto lock = EngineLock::try_take(store_file)) return std::move(*lock);
    // Somebody who only looked, as `sosw status` does, may have been in the way: then nobody has it now.
    const auto holder = EngineLock::holder(store_file);
    if (holder && !EngineLock::owner_ended(store_file))
      throw Error(fmt::format("an engine ({}) works on {}; use `sosw schedule` to hand it the job", *holder,
                              store_file.string()));
  }
}

std::map<std::string, FunctionInvoker*> invokers_of(const Config& config, FunctionInvoker& processes,
                                                    FunctionInvoker& warm_processes) {
  std::map<std::string, FunctionInvoker*> invokers;
  for (const auto& [id, command] : config.commands) invokers[id] = &processes;
  for (const auto& [id, bootstrap] : config.bootstraps) invokers[id] = &warm_processes;
  return invokers;
}

std::unique_ptr<Alarm> make_alarm(const Config& config) {
  if (config.alarm_webhook.empty()) return std::make_unique<LogAlarm>();
  return std::make_unique<WebhookAlarm>(config.alarm_webhook);
}

}  // namespace

LocalEngine::LocalEngine(const Config& config, const std::filesystem::path& store_file,
                         const Service& service)
    : settings(config.settings),
      lock_(take_lock(store_file)),
      store(store_file, SqliteStore::Open::create),
      events(store, "sosw"),
      processes(outcomes, config.commands),
      warm_processes(outcomes, clock, config.bootstraps, {.invoke_url = service.invoke_url}),
      functions(invokers_of(config, processes, warm_processes)),
      ecology(settings, metrics.sources()),
      alarm(make_alarm(config)),
      engine({settings, ecology, store, store, store, events, functions, outcomes, *alarm, messenger, clock,
              random, [this] { return store.version(); }, service.rules ? &store : nullptr}) {}

void LocalEngine::let_workers_finish(Seconds grace) {
  std::jthread also([&] { warm_processes.stop(grace); });
  processes.stop(grace);
  also.join();
  engine.settle_outcomes();
}

}  // namespace sosw
