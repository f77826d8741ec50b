#pragma once

#include "sosw/desk/store_desk.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"

#include "cli/open_store.h"

namespace sosw {

/// A store and what else a desk over it needs.
struct OpenDeskParts {
  std::unique_ptr<OpenStore> store;
  SystemClock clock = {};
  SystemRandom random = {};
};

/// A desk with a connection of its own to a store.
class OpenDesk : private OpenDeskParts, public StoreDesk {
 public:
  /// Throws as open_store() does. Settings and ecology outlive the desk.
  OpenDesk(const StorePlace&, StoreUse, const Settings&, Ecology&, bool beside_engine);
};

}  // namespace sosw
