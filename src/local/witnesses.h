#pragma once

#include "api/live_events.h"
#include "api/metrics.h"

namespace sosw {

/// Who hears of what happens to tasks, besides the store; null: nobody.
struct Witnesses {
  LiveEvents* live = nullptr;        ///< tells it
  EngineMetrics* metrics = nullptr;  ///< counts it
};

/// Writes events where they are kept, then lets the witnesses know.
class WitnessedEvents final : public EventLog {
 public:
  WitnessedEvents(EventLog& kept, const Witnesses& witnesses)
      : counted_(kept, witnesses.metrics), told_(counted_, witnesses.live) {}

  void record(std::span<const TaskEvent> events) override { told_.record(events); }

 private:
  CountedEvents counted_;
  ToldEventLog told_;
};

}  // namespace sosw
