#pragma once

#include "api/activity.h"
#include "api/live_events.h"
#include "api/metrics.h"

namespace sosw {

/// The receivers of task events, besides the store; null: none.
struct EventSinks {
  LiveEvents* live = nullptr;        ///< streams them
  EngineMetrics* metrics = nullptr;  ///< counts them
  Activity* activity = nullptr;      ///< counts the outcomes of tasks
};

/// Writes events to their log, then to the event sinks.
class ForwardingEventLog final : public EventLog {
 public:
  ForwardingEventLog(EventLog& kept, const EventSinks& event_sinks)
      : counted_(kept, event_sinks.metrics),
        noted_(counted_, event_sinks.activity),
        told_(noted_, event_sinks.live) {}

  void record(std::span<const TaskEvent> events) override { told_.record(events); }

 private:
  CountingEventLog counted_;
  NotedEvents noted_;
  LiveEventLog told_;
};

}  // namespace sosw
