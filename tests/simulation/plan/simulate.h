#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulation/ledger/promises.h"
#include "simulation/machine/coverage.h"
#include "simulation/plan/plan.h"
#include "simulation/store/true_store.h"

namespace sosw::simulation {

struct Result {
  std::optional<PromiseBroken> broken;
  std::uint64_t hash = 0;  ///< the same when the run is repeated
  std::int64_t steps = 0;
  Seconds elapsed = 0;  ///< simulated
  std::int64_t tasks = 0;
  Coverage coverage;
  std::vector<std::string> lines;  ///< of the trace, when asked for
};

/// One run: the faults of the plan, then they end and everything must come to rest. The promises are checked
/// after each call of the store.
Result simulate(const Plan&, bool keep_trace = false, const StoreFactory& = make_store);

}  // namespace sosw::simulation
