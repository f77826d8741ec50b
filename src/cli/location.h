#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sosw/sqlite/sqlite_store.h"

#include "cli/config.h"

namespace sosw {

/// Where the user says that things are; empty when he said nothing.
struct Location {
  std::string config;  ///< -c FILE
  std::string store;   ///< --store URL
};

/// Throws InvalidConfig when there is no configuration or it can't be used.
Config require_config(const Location&);

/// Nothing when none was named and there is no sosw.yaml here. Throws when there is one that can't be used.
std::optional<Config> find_config(const Location&);

/// The file of the store: --store, else SOSW_STORE, else sosw.db beside the configuration.
std::filesystem::path store_file(const Location&);

/// Throws Error when there is no store yet, so that looking never makes one.
std::unique_ptr<SqliteStore> open_existing_store(const Location&, SqliteStore::Open);

}  // namespace sosw
