#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "sosw/api/metrics.h"
#include "sosw/sqlite/sqlite_store.h"

#include "cli/local_engine.h"

namespace sosw {

/// How the labourers of an engine stand, read over a connection of its own, so that the engine is not held
/// up.
class LabourerStates {
 public:
  LabourerStates(std::filesystem::path store_file, const LocalEngine& here)
      : store_file_(std::move(store_file)), here_(here) {}

  /// On one thread. Throws StoreError.
  std::vector<LabourerState> look();

 private:
  std::filesystem::path store_file_;
  const LocalEngine& here_;
  std::optional<SqliteStore> store_;  ///< from the first look on
  SystemClock clock_;
};

}  // namespace sosw
