#pragma once

#include <algorithm>
#include <string>

#include "sosw/model/time.h"

#include "simulation/plan/plan.h"

namespace sosw::simulation {

/// Which faults blow at this moment: those of the plan until the world heals, then none.
struct Weather {
  explicit Weather(const Plan& plan)
      : faults(plan.faults), fates(plan.fates), dispatches(plan.dispatches), wire(plan.wire) {}

  void heal() {
    faults = {.latency = faults.latency};
    fates = {};
    dispatches = {};
    wire = {.delay = wire.delay};
    throttled_until = sick_until = 0;
    healed = true;
  }

  Faults faults;
  Fates fates;
  Dispatches dispatches;
  Wire wire;
  Time throttled_until;
  std::string sick_labourer;
  Time sick_until;
  Time stalled_until;  ///< when the last one who stalls goes on: before that nothing is at rest
  bool healed = false;

  /// How long someone stalls who does so now.
  Seconds stall(Seconds lasting, Time now) {
    stalled_until = std::max(stalled_until, now + lasting);
    return lasting;
  }
};

}  // namespace sosw::simulation
