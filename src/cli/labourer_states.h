#pragma once

#include <memory>
#include <vector>

#include "api/metrics.h"
#include "local/local_engine.h"

namespace sosw {

/// How the labourers of an engine stand, read over a connection of its own, so that the engine is not held
/// up.
class LabourerStates {
 public:
  LabourerStates(StoreLocation store_location, const LocalEngine& here)
      : store_location_(std::move(store_location)), here_(here) {}

  /// On one thread. Throws StoreError.
  std::vector<LabourerState> look();

 private:
  StoreLocation store_location_;
  const LocalEngine& here_;
  std::unique_ptr<Store> store_;  ///< from the first look on
  SystemClock clock_;
};

}  // namespace sosw
