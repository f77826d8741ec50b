#pragma once

#include <algorithm>
#include <string>

#include "sosw/model/time.h"

#include "simulation/plan/plan.h"

namespace sosw::simulation {

/// The active faults: those of the plan until its fault period ends, then none.
struct Conditions {
  explicit Conditions(const Plan& plan)
      : faults(plan.faults),
        worker_outcomes(plan.worker_outcomes),
        dispatches(plan.dispatches),
        report_channel(plan.report_channel) {}

  void end_faults() {
    faults = {.latency = faults.latency};
    worker_outcomes = {};
    dispatches = {};
    report_channel = {.delay = report_channel.delay};
    throttled_until = sick_until = Time();
    faults_ended = true;
  }

  Faults faults;
  WorkerOutcomes worker_outcomes;
  Dispatches dispatches;
  ReportChannel report_channel;
  Time throttled_until;
  std::string sick_labourer;
  Time sick_until;
  Time stalled_until;  ///< when the last stalled call continues: before that nothing is at rest
  bool faults_ended = false;

  /// The duration of a stall that begins now.
  Seconds stall(Seconds lasting, Time now) {
    stalled_until = std::max(stalled_until, now + lasting);
    return lasting;
  }
};

}  // namespace sosw::simulation
