#include "cli/location.h"

#include <cstdlib>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/connected_admin_service.h"
#include "cli/remote_admin_service.h"
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

/// The store setting and its origin; without one the URL is empty.
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

/// The parts that an admin service without an engine needs.
struct StandaloneParts {
  explicit StandaloneParts(Settings settings_) : settings(std::move(settings_)) {}
  Settings settings;
  MetricSources metrics;
  Ecology ecology{settings, metrics.sources()};
};

class StandaloneAdminService final : private StandaloneParts, public ConnectedAdminService {
 public:
  StandaloneAdminService(Settings settings_, const StoreLocation& store_location, StoreAccess use)
      : StandaloneParts(std::move(settings_)),
        ConnectedAdminService(store_location, use, settings, ecology) {}
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

StoreLocation locate_store(const Location& location, const Config& config) {
  if (has_store_file(location)) return {.file = store_file(location)};
  return {.tables = config.tables};
}

StoreLocation locate_store(const Location& location) {
  if (has_store_file(location)) return {.file = store_file(location)};
  const auto config = find_config(location);
  return {.tables = config ? config->tables : aws::DynamoTables()};
}

std::unique_ptr<AdminService> find_engine_admin_service(const Location& location) {
  const auto url = has_store_file(location) ? EngineLock::published_url(store_file(location)) : std::nullopt;
  if (!url) return nullptr;
  const char* token = std::getenv("SOSW_TOKEN");
  auto admin = std::make_unique<RemoteAdminService>(*url, token ? token : "");
  if (!admin->answers()) return nullptr;
  return admin;
}

std::unique_ptr<AdminService> open_admin_service(const Location& location, AdminAccess use) {
  if (auto admin = find_engine_admin_service(location)) return admin;
  auto config = use == AdminAccess::schedule ? require_config(location) : find_config(location);
  const StoreAccess store_use = use == AdminAccess::schedule ? StoreAccess::create
                                : use == AdminAccess::write  ? StoreAccess::write
                                                             : StoreAccess::read;
  Config known = config ? std::move(*config) : Config();
  const StoreLocation store_location = locate_store(location, known);
  return std::make_unique<StandaloneAdminService>(std::move(known.settings), store_location, store_use);
}

}  // namespace sosw
