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

constexpr Seconds kGrace = 30;  ///< for running workers when the engine is asked to stop

/// What a service does, unlike a run of one job.
struct Service {
  bool rules = false;                    ///< whether scheduled rules fire
  std::string invoke_url;                ///< where workers reach the Lambda Invoke API; empty: nowhere
  InvokeCredentials invoke_credentials;  ///< with which they call it; empty: with their own
  EventSinks event_sinks;
  Orchestrator::TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  std::function<void()> turned = [] {};           ///< called on the engine's thread after each turn
  std::map<std::string, TaskFunction> functions;  ///< the program's own, of configured labourers
  std::size_t threads = 0;                        ///< that run them
};

/// The engine of this machine with all its parts. The order of the members matters: the lock is taken before
/// the supervisors of worker processes are forked, so that they hold it too, and they are forked before the
/// first thread starts, which may be the store's. Block signals (stop_signals.h) while it is constructed: its
/// threads then leave them to the program.
class LocalEngine {
 public:
  /// Throws Error when another engine uses a store that allows only one. The configuration must outlive the
  /// engine.
  LocalEngine(const Config&, const StoreLocation&, const Service& = {});

  /// Publishes this engine's URL to other processes of this machine; an empty URL: none.
  void publish_url(const std::string& url) const;

  /// Starts no more workers; running ones may finish, or are ended after `grace` (at once when another engine
  /// may have begun). Meanwhile the essentials can be called, so that workers can report, and their outcomes
  /// are settled. For after Engine::run().
  void let_workers_finish(Seconds grace);

  /// Why this engine can't continue and must be restarted: the supervisors of the workers were killed, or its
  /// lock file was removed. Empty while it can.
  std::string fault() const;
  void require_no_fault() const;  ///< throws Error when there is one

  /// No other engine uses the store.
  bool is_alone() const { return lock_.has_value(); }

  Settings settings;  ///< those of the configuration, with the functions' own durations

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
  std::unique_ptr<ProcessFunctions> processes;       ///< null, with no fork, when no labourer needs it
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
  std::unique_ptr<AwsFunctions> on_aws;  ///< null: no labourer is there
  FunctionRouter functions;
  CountingFunctions counting_functions;
  MetricSources metrics;
  Ecology ecology;
  std::unique_ptr<Alarm> alarm;
  Engine engine;
};

}  // namespace sosw
