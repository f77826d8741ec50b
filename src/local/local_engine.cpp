#include "local/local_engine.h"

#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "notify/aws_alarm.h"
#include "notify/background_alarm.h"
#include "notify/log_alarm.h"
#include "notify/webhook_alarm.h"
#include "runners/supervisor/orphans.h"
#include "system/system_waiting.h"

namespace sosw {
namespace {

constexpr Seconds kNextTry = 0.02;
constexpr int kTriesBesideReaders = 100;
constexpr Seconds kServed = 0.05;  // the longest delay of a call while an engine only waits for its workers

/// Throws Error when another engine has the lock. Waits when that engine was killed and only its workers are
/// still being ended.
std::optional<EngineLock> take_lock(const StoreLocation& store_location) {
  if (!store_location.is_file()) return std::nullopt;
  for (int without_holder = 0;; SystemWaiting().wait(kNextTry)) {
    if (auto lock = EngineLock::try_take(store_location.file)) return lock;
    // A reader such as `sosw status` may have held the lock for a moment: then nobody has it now.
    const auto holder = EngineLock::holder(store_location.file);
    if (!holder && ++without_holder == kTriesBesideReaders)
      throw Error(fmt::format(
          "a program that is not an engine keeps {0}.lock locked; end it (`fuser {0}.lock` finds it)",
          store_location.file.string()));
    if (holder && !EngineLock::owner_ended(store_location.file))
      throw Error(
          fmt::format("an engine ({}) works on {} already; end it first, or leave this to it: `sosw "
                      "schedule` gives it jobs",
                      *holder, store_location.file.string()));
  }
}

/// The lock alone does not prove that the workers of the last engine are gone: their supervisor holds it
/// until they are, but may have been killed with the engine.
std::optional<EngineLock> take_over_from_the_dead(const StoreLocation& store_location) {
  auto lock = take_lock(store_location);
  end_orphans();
  return lock;
}

std::unique_ptr<ProcessFunctions> processes_of(const Config& config, Outcomes& outcomes,
                                               const std::shared_ptr<WorkerFiles>& files) {
  return config.commands.empty() ? nullptr
                                 : std::make_unique<ProcessFunctions>(outcomes, config.commands, files);
}

std::unique_ptr<RuntimeFunctions> warm_processes_of(const Config& config, const Service& service,
                                                    LocalEngine& here,
                                                    const std::shared_ptr<WorkerFiles>& files) {
  if (config.bootstraps.empty()) return nullptr;
  return std::make_unique<RuntimeFunctions>(here.outcomes, here.clock, config.bootstraps,
                                            RuntimeOptions{.region = local_region(),
                                                           .invoke_url = service.invoke_url,
                                                           .invoke_credentials = service.invoke_credentials},
                                            files);
}

std::map<std::string, FunctionInvoker*> invokers_of(const Config& config,
                                                    const std::map<std::string, TaskFunction>& functions,
                                                    LocalEngine& here) {
  std::map<std::string, FunctionInvoker*> invokers;
  for (const auto& [id, command] : config.commands) invokers[id] = here.processes.get();
  for (const auto& [id, bootstrap] : config.bootstraps) invokers[id] = here.warm_processes.get();
  for (const auto& [id, url] : config.urls) invokers[id] = &here.urls;
  for (const std::string& id : config.on_aws) invokers[id] = &here.on_aws->functions();
  for (const auto& [id, function] : functions) invokers[id] = &here.callables;
  return invokers;
}

std::unique_ptr<AwsFunctions> functions_on_aws(const Config& config, LocalEngine& here) {
  if (config.on_aws.empty()) return nullptr;
  auto functions = std::make_unique<AwsFunctions>(here.outcomes);
  functions->set_durations(config, here.settings);
  return functions;
}

std::function<void(const Engine::Turn&)> turn_reporter(const Service& service) {
  return [metrics = service.event_sinks.metrics, turned = service.turned](const Engine::Turn& turn) {
    if (metrics) metrics->turned(turn);
    turned();
  };
}

std::unique_ptr<Alarm> make_alarm(const Config& config) {
  switch (config.alarm.kind) {
    case AlarmAddress::Kind::webhook:
      return std::make_unique<BackgroundAlarm>(std::make_unique<WebhookAlarm>(config.alarm.text));
    case AlarmAddress::Kind::aws:
      return std::make_unique<BackgroundAlarm>(std::make_unique<AwsAlarm>(config.alarm.text));
    default:
      return std::make_unique<LogAlarm>();
  }
}

std::unique_ptr<Store> open_for_engine(const StoreLocation& store_location, const Settings& settings) {
  auto store = open_store(store_location, StoreAccess::create);
  std::vector<std::string> labourer_ids;
  for (const auto& [id, labourer] : settings.labourers) labourer_ids.push_back(id);
  store->prepare_for_engine(labourer_ids);
  return store;
}

}  // namespace

LocalEngine::LocalEngine(const Config& config, const StoreLocation& store_location, const Service& service)
    : settings(config.settings),
      lock_(take_over_from_the_dead(store_location)),
      processes(processes_of(config, outcomes, files_)),
      warm_processes(warm_processes_of(config, service, *this, files_)),
      callables(outcomes, service.threads),
      store_(open_for_engine(store_location, settings)),
      tasks(store_->tasks(), clock, service.event_sinks.metrics),
      jobs(store_->jobs()),
      admin(store_->admin()),
      events(store_->events(), service.event_sinks),
      urls(outcomes, clock, config.urls),
      on_aws(functions_on_aws(config, *this)),
      functions(invokers_of(config, service.functions, *this)),
      counting_functions(functions, service.event_sinks.metrics),
      ecology(settings, metrics.sources()),
      alarm(make_alarm(config)),
      engine({.settings = settings,
              .ecology = ecology,
              .tasks = tasks,
              .jobs = jobs,
              .admin = admin,
              .events = events,
              .functions = counting_functions,
              .outcomes = outcomes,
              .alarm = *alarm,
              .clock = clock,
              .random = random,
              .store_version = [this] { return store_->version(); },
              .rules = service.rules ? &store_->rules() : nullptr,
              .turned = turn_reporter(service),
              .polling = store_->polling(),
              .alone = is_alone(),
              .taken_slots = service.taken_slots}) {
  for (const auto& [id, function] : service.functions) callables.add(id, function);
}

void LocalEngine::publish_url(const std::string& url) const {
  if (lock_) lock_->publish_url(url);
}

std::string LocalEngine::fault() const {
  if ((processes && processes->has_lost_its_supervisor()) ||
      (warm_processes && warm_processes->has_lost_its_supervisor()))
    return "the process that keeps the workers was killed, and all workers with it; start again: what was "
           "under way is taken over";
  if (has_lost_its_lock())
    return fmt::format(
        "{} was removed or replaced, so that another engine could begin beside this one; all "
        "workers are ended; start again: what was under way is taken over",
        lock_->path().string());
  return "";
}

bool LocalEngine::has_lost_its_lock() const { return lock_ && !lock_->is_in_place(); }

void LocalEngine::require_no_fault() const {
  if (std::string what = fault(); !what.empty()) throw Error(what);
}

void LocalEngine::let_workers_finish(Seconds grace) {
  if (has_lost_its_lock()) grace = 0;
  std::atomic<int> left = 0;
  const auto stopping = [&](auto stop) {
    ++left;
    return std::jthread([this, stop, &left] {
      stop();
      --left;
      outcomes.wake();
    });
  };
  const std::jthread cold = stopping([&] {
    if (processes) processes->stop(grace);
  });
  const std::jthread warm = stopping([&] {
    if (warm_processes) warm_processes->stop(grace);
  });
  const std::jthread here = stopping([&] { callables.stop(grace); });
  const std::jthread far = stopping([&] { urls.stop(grace); });
  const std::jthread on_lambda = stopping([&] {
    if (on_aws) on_aws->functions().stop();
  });
  while (left > 0) {
    engine.serve();
    outcomes.wait_for(kServed);
  }
  engine.serve();
}

}  // namespace sosw
