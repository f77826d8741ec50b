#include "cli/open_desk.h"

#include "store/sqlite/engine_lock.h"

namespace sosw {

OpenDesk::OpenDesk(const StorePlace& place, StoreUse use, const Settings& settings, Ecology& ecology)
    : OpenDesk(place, use, settings, ecology, /*beside_engine=*/false, {}) {}

OpenDesk::OpenDesk(const StorePlace& place, const Settings& settings, Ecology& ecology,
                   const Witnesses& witnesses)
    : OpenDesk(place, StoreUse::act, settings, ecology, /*beside_engine=*/true, witnesses) {}

OpenDesk::OpenDesk(const StorePlace& place, StoreUse use, const Settings& settings, Ecology& ecology,
                   bool beside_engine, const Witnesses& witnesses)
    : OpenDeskParts(place, use, witnesses),
      StoreDesk({.settings = settings,
                 .tasks = store->tasks(),
                 .jobs = store->jobs(),
                 .desk = store->desk(),
                 .events = events,
                 .ecology = ecology,
                 .clock = clock,
                 .random = random,
                 .rules = &store->rules(),
                 .beside_engine = beside_engine,
                 .engine = [place]() -> std::optional<std::string> {
                   return place.is_file() ? EngineLock::holder(place.file) : std::nullopt;
                 }}) {}

}  // namespace sosw
