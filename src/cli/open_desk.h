#pragma once

#include "admin/store_desk.h"
#include "local/witnesses.h"
#include "store/open_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {

/// A store and what else a desk over it needs.
struct OpenDeskParts {
  OpenDeskParts(const StorePlace& place, StoreUse use, const Witnesses& witnesses)
      : store(open_store(place, use)), events(store->events(), witnesses) {}

  std::unique_ptr<Store> store;
  WitnessedEvents events;
  SystemClock clock = {};
  SystemRandom random = {};
};

/// A desk with a connection of its own to a store.
class OpenDesk : private OpenDeskParts, public StoreDesk {
 public:
  /// Throws as open_store() does. Settings and ecology outlive the desk.
  OpenDesk(const StorePlace&, StoreUse, const Settings&, Ecology&);

  /// A desk in the process of an engine.
  OpenDesk(const StorePlace&, const Settings&, Ecology&, const Witnesses&);

 private:
  OpenDesk(const StorePlace&, StoreUse, const Settings&, Ecology&, bool beside_engine, const Witnesses&);
};

}  // namespace sosw
