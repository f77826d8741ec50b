#include "cli/open_desk.h"

#include "sosw/sqlite/engine_lock.h"

namespace sosw {

OpenDesk::OpenDesk(const StorePlace& place, StoreUse use, const Settings& settings, Ecology& ecology,
                   bool beside_engine)
    : OpenDeskParts{open_store(place, use)},
      StoreDesk({.settings = settings,
                 .tasks = store->tasks(),
                 .jobs = store->jobs(),
                 .desk = store->desk(),
                 .events = store->events(),
                 .ecology = ecology,
                 .clock = clock,
                 .random = random,
                 .rules = &store->rules(),
                 .beside_engine = beside_engine,
                 .engine = [place]() -> std::optional<std::string> {
                   return place.is_file() ? EngineLock::holder(place.file) : std::nullopt;
                 }}) {}

}  // namespace sosw
