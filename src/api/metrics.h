#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/ports/event_log.h"
#include "sosw/ports/function_invoker.h"

#include "engine/engine.h"
#include "http/server/handler.h"

namespace sosw {

/// The state of a labourer at one moment.
struct LabourerState {
  std::string labourer_id;
  TaskCounts tasks;
  std::int64_t limit = 0;
  int health = 0;  ///< 0 Bad to 4 High
};

/// The counters of an engine since its start, and its current state, read on request:
///
/// GET /metrics  all of it in the format of Prometheus (docs/metrics.md)
///     GET /readyz   200, or 503 with the reason, when the store or the engine's loop does not work
///
/// Safe from any thread.
class EngineMetrics final : public web::Handler {
 public:
  /// `look` is called on a thread of this object, which starts with the first GET; it may throw. The
  /// labourers of the settings are listed from the start, with zeros.
  EngineMetrics(const Settings&, Clock&, std::function<std::vector<LabourerState>()> look);
  ~EngineMetrics() override;  ///< close()

  /// Answers no more requests; returns when `look` is not called any more.
  void close();

  static bool serves(const web::Request&);
  void handle(web::Request, web::Reply) override;

  void happened(std::span<const TaskEvent>);
  void starting(std::span<const Invocation>);
  void turned(const Engine::Turn&);
  void called_store(std::string_view call, Seconds took);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Forwards events to their log, and counts them.
class CountingEventLog final : public EventLog {
 public:
  CountingEventLog(EventLog& kept, EngineMetrics* metrics)
      : kept_(kept), metrics_(metrics) {}  ///< null: not counted

  void record(std::span<const TaskEvent> events) override {
    kept_.record(events);
    if (metrics_) metrics_->happened(events);
  }

 private:
  EventLog& kept_;
  EngineMetrics* metrics_;
};

/// Records how long tasks waited for their first start.
class CountingFunctions final : public FunctionInvoker {
 public:
  CountingFunctions(FunctionInvoker& functions, EngineMetrics* metrics)
      : functions_(functions), metrics_(metrics) {}

  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) override {
    if (metrics_) metrics_->starting(invocations);
    return functions_.invoke(std::move(invocations));
  }
  std::int64_t room(const Labourer& labourer) override { return functions_.room(labourer); }

 private:
  FunctionInvoker& functions_;
  EngineMetrics* metrics_;
};

}  // namespace sosw
