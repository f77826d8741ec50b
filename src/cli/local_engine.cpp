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

std::map<std::string, FunctionInvoker*> invokers_of(const Config& config, LocalEngine& here) {
  std::map<std::string, FunctionInvoker*> invokers;
  for (const auto& [id, command] : config.commands) invokers[id] = &here.processes;
  for (const auto& [id, bootstrap] : config.bootstraps) invokers[id] = &here.warm_processes;
  for (const auto& [id, url] : config.urls) invokers[id] = &here.urls;
  for (const std::string& id : config.on_aws) invokers[id] = &here.on_aws->functions();
  return invokers;
}

std::unique_ptr<AwsFunctions> functions_on_aws(const Config& config, LocalEngine& here) {
  if (config.on_aws.empty()) return nullptr;
  auto functions = std::make_unique<AwsFunctions>(here.outcomes);
  functions->set_durations(config, here.settings);
  return functions;
}

std::function<void(const Engine::Turn&)> told_by(EngineMetrics* metrics) {
  return [metrics](const Engine::Turn& turn) {
    if (metrics) metrics->turned(turn);
  };
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
      kept_events(store, "sosw"),
      counted_events(kept_events, service.metrics),
      events(counted_events, service.live),
      processes(outcomes, config.commands),
      warm_processes(outcomes, clock, config.bootstraps, {.invoke_url = service.invoke_url}),
      urls(outcomes, clock, config.urls),
      on_aws(functions_on_aws(config, *this)),
      functions(invokers_of(config, *this)),
      counted_functions(functions, service.metrics),
      ecology(settings, metrics.sources()),
      alarm(make_alarm(config)),
      engine({settings, ecology, store, store, store, events, counted_functions, outcomes, *alarm, messenger,
              clock, random, [this] { return store.version(); }, service.rules ? &store : nullptr,
              told_by(service.metrics)}) {}

void LocalEngine::let_workers_finish(Seconds grace) {
  std::jthread warm([&] { warm_processes.stop(grace); });
  std::jthread far([&] { urls.stop(grace); });
  if (on_aws) on_aws->functions().stop();
  processes.stop(grace);
  warm.join();
  far.join();
  engine.settle_outcomes();
}

}  // namespace sosw
