#include "cli/sqlite_desk.h"

#include "sosw/sqlite/engine_lock.h"

namespace sosw {

SqliteDesk::SqliteDesk(const std::filesystem::path& file, SqliteStore::Open how, const Settings& settings,
                       Ecology& ecology, bool beside_engine)
    : SqliteDeskParts(file, how),
      StoreDesk({.settings = settings,
                 .tasks = store,
                 .jobs = store,
                 .desk = store,
                 .events = events,
                 .ecology = ecology,
                 .clock = clock,
                 .random = random,
                 .rules = &store,
                 .beside_engine = beside_engine,
                 .engine = [file] { return EngineLock::holder(file); }}) {}

}  // namespace sosw
