#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/task_store.h"

#include "simulation/machine/world.h"
#include "simulation/plan/plan.h"

namespace sosw::simulation {

/// The one store of a world, without faults.
class TrueStore {
 public:
  virtual ~TrueStore() = default;
  virtual TaskStore& tasks() = 0;
  virtual JobStore& jobs() = 0;
  virtual AdminStore& admin() = 0;
  virtual EventLog& events() = 0;

  /// AdminStore::list, never stale.
  virtual std::vector<TaskRecord> list(const TaskFilter&) = 0;
};

using StoreFactory = std::function<std::unique_ptr<TrueStore>(const Plan&, World&)>;

/// What the plan asks for.
std::unique_ptr<TrueStore> make_store(const Plan&, World&);

}  // namespace sosw::simulation
