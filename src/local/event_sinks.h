#pragma once

#include "api/activity.h"
#include "api/live_events.h"
#include "api/metrics.h"

namespace sosw {

/// Who hears of what happens to tasks, besides the store; null: nobody.
struct EventSinks {
  LiveEvents* live = nullptr;        ///< tells it
  EngineMetrics* metrics = nullptr;  ///< counts it
  Activity* activity = nullptr;      ///< notes what became of tasks
};

/// Writes events where they are kept, then lets the event sinks know.
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
