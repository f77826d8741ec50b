#pragma once

#include <memory>
#include <vector>

#include "api/metrics.h"
#include "local/local_engine.h"

namespace sosw {

/// Reads the states of an engine's labourers over its own connection, so that the engine is not blocked.
class LabourerStates {
 public:
  LabourerStates(StoreLocation store_location, const LocalEngine& here)
      : store_location_(std::move(store_location)), here_(here) {}

  /// Called on one thread. Throws StoreError.
  std::vector<LabourerState> look();

 private:
  StoreLocation store_location_;
  const LocalEngine& here_;
  std::unique_ptr<Store> store_;  ///< opened at the first use
  SystemClock clock_;
};

}  // namespace sosw
