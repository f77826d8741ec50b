#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sosw/model/health.h"
#include "sosw/model/retry_policy.h"
#include "sosw/model/time.h"

namespace sosw {

/// One thing to measure, and what its value means (SPEC 7).
struct HealthMetric {
  std::string name;
  std::string details;  ///< JSON object: which source to ask for what; equal details are fetched once
  Feelings feelings;
  std::optional<Health> when_no_data;  ///< nullopt: the metric is ignored then
};

/// A function as the orchestrator sees it (SPEC 4).
struct Labourer {
  std::string id;
  std::string arn;
  int max_simultaneous_invocations = 1;
  int max_attempts = 3;
  Seconds duration = 900;  ///< the longest an invocation may take
  Seconds cooldown = 300;  ///< grace after it, before a task without a report is given up
  RetryPolicy retry;
  std::vector<HealthMetric> health_metrics;
  /// Its workers outlive the engine, and an invocation may turn out to be refused after it was accepted.
  bool remote = false;

  Seconds attempt_timeout() const { return duration + cooldown; }
};

/// What operators changed at run time; survives restarts.
struct LabourerControl {
  bool paused = false;
  std::optional<int> limit;  ///< replaces max_simultaneous_invocations
};

}  // namespace sosw
