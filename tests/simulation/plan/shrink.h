#pragma once

#include <cstdint>

#include "simulation/plan/simulate.h"

namespace sosw::simulation {

struct Shrunk {
  Plan plan;
  Result result;  ///< with its trace
  int runs = 0;   ///< that were tried
};

/// The smallest plan found that still breaks the same promise as `failing`: with fewer kinds of faults,
/// actors, jobs and tasks. Deterministic.
Shrunk shrink(const Plan& failing, Promise broken, const StoreFactory& = make_store);

}  // namespace sosw::simulation
