#pragma once

#include "admin/store_admin_service.h"
#include "local/event_sinks.h"
#include "store/open_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {

/// A store and the other objects that an admin service over it needs.
struct AdminConnection {
  AdminConnection(const StoreLocation& store_location, StoreAccess use, const EventSinks& event_sinks)
      : store(open_store(store_location, use)), events(store->events(), event_sinks) {}

  std::unique_ptr<Store> store;
  ForwardingEventLog events;
  SystemClock clock = {};
  SystemRandom random = {};
};

/// An admin service with its own connection to a store.
class ConnectedAdminService : private AdminConnection, public StoreAdminService {
 public:
  /// Throws as open_store() does. Settings and ecology must outlive the admin service.
  ConnectedAdminService(const StoreLocation&, StoreAccess, const Settings&, Ecology&);

  /// An admin service in the process of an engine.
  ConnectedAdminService(const StoreLocation&, const Settings&, Ecology&, const EventSinks&);

 private:
  ConnectedAdminService(const StoreLocation&, StoreAccess, const Settings&, Ecology&, bool beside_engine,
                        const EventSinks&);
};

}  // namespace sosw
