#include "cli/connected_admin_service.h"

#include "store/sqlite/engine_lock.h"

namespace sosw {

ConnectedAdminService::ConnectedAdminService(const StoreLocation& store_location, StoreAccess use,
                                             const Settings& settings, Ecology& ecology)
    : ConnectedAdminService(store_location, use, settings, ecology, /*beside_engine=*/false, {}) {}

ConnectedAdminService::ConnectedAdminService(const StoreLocation& store_location, const Settings& settings,
                                             Ecology& ecology, const EventSinks& event_sinks)
    : ConnectedAdminService(store_location, StoreAccess::write, settings, ecology, /*beside_engine=*/true,
                            event_sinks) {}

ConnectedAdminService::ConnectedAdminService(const StoreLocation& store_location, StoreAccess use,
                                             const Settings& settings, Ecology& ecology, bool beside_engine,
                                             const EventSinks& event_sinks)
    : AdminConnection(store_location, use, event_sinks),
      StoreAdminService({.settings = settings,
                         .tasks = store->tasks(),
                         .jobs = store->jobs(),
                         .admin = store->admin(),
                         .events = events,
                         .ecology = ecology,
                         .clock = clock,
                         .random = random,
                         .rules = &store->rules(),
                         .beside_engine = beside_engine,
                         .engine = [store_location]() -> std::optional<std::string> {
                           return store_location.is_file() ? EngineLock::holder(store_location.file)
                                                           : std::nullopt;
                         }}) {}

}  // namespace sosw
