#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/timed_tasks.h"
#include "aws/core/account.h"
#include "config/config.h"
#include "engine/engine.h"
#include "health/metric_sources.h"
#include "local/aws_functions.h"
#include "local/event_sinks.h"
#include "runners/callable_functions.h"
#include "runners/function_router.h"
#include "runners/process/process_functions.h"
#include "runners/runtime/runtime_functions.h"
#include "runners/url_functions.h"
#include "store/open_store.h"
#include "store/sqlite/engine_lock.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {

constexpr Seconds kGrace = 30;  ///< for workers that run when the engine is asked to stop

/// What a service does that a run of one job does not.
struct Service {
  bool rules = false;                    ///< whether scheduled rules fire
  std::string invoke_url;                ///< where workers find the Lambda Invoke API; empty: nowhere
  InvokeCredentials invoke_credentials;  ///< with which they call it; empty: with what they have
  EventSinks event_sinks;
  Orchestrator::TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  std::function<void()> turned = [] {};           ///< called by the engine's thread after each turn
  std::map<std::string, TaskFunction> functions;  ///< labourers of the configuration that this program runs
  std::size_t threads = 0;                        ///< that run them
};

/// The engine of this machine and all its parts, put together. The order of the members matters: the lock is
/// taken before the supervisors of worker processes are forked, so that they hold it too, and they are forked
/// before the first thread starts, which may be the store's. Hold signals (stop_signals.h) while it is made:
/// its threads then leave them to the program.
class LocalEngine {
 public:
  /// Throws Error when another engine works on the store and it is for one only. The configuration must
  /// outlive the engine.
  LocalEngine(const Config&, const StoreLocation&, const Service& = {});

  /// Tells other processes of this machine where to ask this engine; an empty URL: nowhere.
  void publish_url(const std::string& url) const;

  /// Start no more workers; those that run may finish, or are ended after `grace` (at once when another
  /// engine may have begun). Meanwhile the essentials can be called, so that workers can report, and what
  /// became of them is settled. For after Engine::run().
  void let_workers_finish(Seconds grace);

  /// Why this engine can't go on and has to be started again: the processes that keep the workers were
  /// killed, or its lock file was removed. Empty while it can.
  std::string fault() const;
  void require_no_fault() const;  ///< throws Error when there is one

  /// No other engine works on the store.
  bool is_alone() const { return lock_.has_value(); }

  Settings settings;  ///< those of the configuration, with durations that the functions themselves have

 private:
  bool has_lost_its_lock() const;

  std::optional<EngineLock> lock_;  ///< of a store for one engine

 public:
  SystemClock clock;
  SystemRandom random;
  Outcomes outcomes;

 private:
  const std::shared_ptr<WorkerFiles> files_ = std::make_shared<WorkerFiles>();

 public:
  std::unique_ptr<ProcessFunctions> processes;       ///< none, and no process is forked: no labourer has one
  std::unique_ptr<RuntimeFunctions> warm_processes;  ///< likewise
  CallableFunctions callables;

 private:
  std::unique_ptr<Store> store_;

 public:
  TimedTasks tasks;
  JobStore& jobs;
  AdminStore& admin;
  ForwardingEventLog events;
  UrlFunctions urls;
  std::unique_ptr<AwsFunctions> on_aws;  ///< none: no labourer is there
  FunctionRouter functions;
  CountingFunctions counting_functions;
  MetricSources metrics;
  Ecology ecology;
  std::unique_ptr<Alarm> alarm;
  Engine engine;
};

}  // namespace sosw
