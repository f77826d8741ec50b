#pragma once

#include <filesystem>

#include "sosw/desk/store_desk.h"
#include "sosw/sqlite/sqlite_event_log.h"
#include "sosw/sqlite/sqlite_store.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"

namespace sosw {

/// A store file and what else a desk over it needs.
struct SqliteDeskParts {
  SqliteDeskParts(const std::filesystem::path& file, SqliteStore::Open how)
      : store(file, how), events(store, "sosw") {}
  SqliteStore store;
  SqliteEventLog events;
  SystemClock clock;
  SystemRandom random;
};

/// A desk with a connection of its own to a store file.
class SqliteDesk : private SqliteDeskParts, public StoreDesk {
 public:
  /// Throws StoreError when the file can't be used. Settings and ecology outlive the desk.
  SqliteDesk(const std::filesystem::path& file, SqliteStore::Open, const Settings&, Ecology&,
             bool beside_engine);
};

}  // namespace sosw
