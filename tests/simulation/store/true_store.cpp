#include "simulation/store/true_store.h"

#include "simulation/store/model_store.h"
#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw::simulation {
namespace {

class TrueModelStore final : public TrueStore {
 public:
  TrueModelStore(const Plan& plan, World& world) {
    if (plan.faults.lag > 0)
      store_ =
          ModelStore({.now = [&world] { return world.now(); },
                      .draw = [&world, most = plan.faults.lag] { return world.chance().within(0, most); },
                      .was_stale = [&world] { world.coverage().note(Happened::stale_read); }});
    if (plan.busy_day) store_.forget_events();
  }
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  AdminStore& admin() override { return store_; }
  EventLog& events() override { return store_; }
  std::vector<TaskRecord> list(const TaskFilter& filter) override { return store_.list_truly(filter); }

 private:
  ModelStore store_;
};

/// The real thing, in memory. All actors share its one connection, so that each of its calls is one step.
class TrueSqliteStore final : public TrueStore {
 public:
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  AdminStore& admin() override { return store_; }
  EventLog& events() override { return events_; }
  std::vector<TaskRecord> list(const TaskFilter& filter) override { return store_.list(filter); }

 private:
  SqliteStore store_{":memory:", SqliteStore::Open::create};
  SqliteEventLog events_{store_, "simulation"};
};

}  // namespace

std::unique_ptr<TrueStore> make_store(const Plan& plan, World& world) {
  if (plan.store == Plan::Store::model) return std::make_unique<TrueModelStore>(plan, world);
  return std::make_unique<TrueSqliteStore>();
}

}  // namespace sosw::simulation
