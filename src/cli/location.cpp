#include "cli/location.h"

#include <cstdlib>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/open_desk.h"
#include "cli/remote_desk.h"
#include "health/metric_sources.h"
#include "store/sqlite/engine_lock.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr auto kDefaultConfig = "sosw.yaml";
constexpr auto kDefaultStore = "sosw.db";
constexpr std::string_view kDynamo = "dynamodb:";
constexpr auto kNorInTable =
    ", and no sosw_orchestrator_config or sosw_essential_config that could be read in the table config";

std::string config_file(const Location& location) {
  return location.config.empty() ? kDefaultConfig : location.config;
}

/// What was said of the store, and by whom; nothing said: the URL is empty.
struct StoreUrl {
  std::string url;
  std::string given_by;
};

StoreUrl store_url(const Location& location) {
  const char* environment = std::getenv("SOSW_STORE");
  if (location.store.empty() && environment && *environment) return {environment, "SOSW_STORE"};
  return {location.store, "--store"};
}

fs::path store_file(const Location& location) {
  const auto [url, given_by] = store_url(location);
  if (url.empty()) return fs::path(config_file(location)).parent_path() / kDefaultStore;
  try {
    return store_place_of(url).file;
  } catch (const Error& error) {
    throw Error(fmt::format("{} {}", given_by, error.what()));
  }
}

/// What a desk needs that has no engine beside it.
struct OwnSurroundings {
  explicit OwnSurroundings(Settings settings_) : settings(std::move(settings_)) {}
  Settings settings;
  Metrics metrics;
  Ecology ecology{settings, metrics.sources()};
};

class DeskByItself final : private OwnSurroundings, public OpenDesk {
 public:
  DeskByItself(Settings settings_, const StorePlace& place, StoreUse use)
      : OwnSurroundings(std::move(settings_)), OpenDesk(place, use, settings, ecology) {}
};

}  // namespace

std::optional<Config> find_config(const Location& location) {
  if (!location.config.empty() || fs::exists(kDefaultConfig)) return read_config(config_file(location));
  return has_store_file(location) ? std::nullopt : read_config_of_installation();
}

Config require_config(const Location& location) {
  if (auto config = find_config(location)) return std::move(*config);
  throw InvalidConfig("", fmt::format("there is no {} in this directory{}; name one with -c FILE",
                                      kDefaultConfig, has_store_file(location) ? "" : kNorInTable));
}

bool has_store_file(const Location& location) { return store_url(location).url != kDynamo; }

bool store_is_missing(const Location& location) {
  return has_store_file(location) && !fs::exists(store_file(location));
}

StorePlace store_place(const Location& location, const Config& config) {
  if (has_store_file(location)) return {.file = store_file(location)};
  return {.tables = config.tables};
}

StorePlace store_place(const Location& location) {
  if (has_store_file(location)) return {.file = store_file(location)};
  const auto config = find_config(location);
  return {.tables = config ? config->tables : aws::DynamoTables()};
}

std::unique_ptr<Desk> find_engine_desk(const Location& location) {
  const auto url = has_store_file(location) ? EngineLock::announced(store_file(location)) : std::nullopt;
  if (!url) return nullptr;
  const char* token = std::getenv("SOSW_TOKEN");
  auto desk = std::make_unique<RemoteDesk>(*url, token ? token : "");
  if (!desk->answers()) return nullptr;
  return desk;
}

std::unique_ptr<Desk> open_desk(const Location& location, DeskUse use) {
  if (auto desk = find_engine_desk(location)) return desk;
  auto config = use == DeskUse::schedule ? require_config(location) : find_config(location);
  const StoreUse store_use = use == DeskUse::schedule ? StoreUse::create
                             : use == DeskUse::act    ? StoreUse::act
                                                      : StoreUse::look;
  Config known = config ? std::move(*config) : Config();
  const StorePlace place = store_place(location, known);
  return std::make_unique<DeskByItself>(std::move(known.settings), place, store_use);
}

}  // namespace sosw
