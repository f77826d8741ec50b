#include "cli/location.h"

#include <cstdlib>

#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr auto kDefaultConfig = "sosw.yaml";
constexpr auto kDefaultStore = "sosw.db";
constexpr std::string_view kSqlite = "sqlite:";

std::string config_file(const Location& location) {
  return location.config.empty() ? kDefaultConfig : location.config;
}

}  // namespace

std::optional<Config> find_config(const Location& location) {
  if (location.config.empty() && !fs::exists(kDefaultConfig)) return std::nullopt;
  return read_config(config_file(location));
}

Config require_config(const Location& location) {
  if (auto config = find_config(location)) return std::move(*config);
  throw InvalidConfig("",
                      fmt::format("there is no {} in this directory; name one with -c FILE", kDefaultConfig));
}

fs::path store_file(const Location& location) {
  std::string url = location.store;
  std::string given_by = "--store";
  if (const char* environment = std::getenv("SOSW_STORE"); url.empty() && environment && *environment) {
    url = environment;
    given_by = "SOSW_STORE";
  }
  if (url.empty()) return fs::path(config_file(location)).parent_path() / kDefaultStore;
  if (!url.starts_with(kSqlite) || url.size() == kSqlite.size())
    throw Error(fmt::format("{} {}: the only kind of store in this version is sqlite:PATH", given_by, url));
  const fs::path file = url.substr(kSqlite.size());
  if (fs::is_directory(file)) throw Error(fmt::format("{} {}: is a directory, not a file", given_by, url));
  return file;
}

std::unique_ptr<SqliteStore> open_existing_store(const Location& location, SqliteStore::Open how) {
  const fs::path file = store_file(location);
  if (!fs::exists(file))
    throw Error(fmt::format("no store at {} yet; `sosw run` or `sosw schedule` makes one", file.string()));
  return std::make_unique<SqliteStore>(file, how);
}

}  // namespace sosw
