#pragma once

#include <memory>
#include <optional>
#include <string>

#include "admin/admin_service.h"
#include "config/config.h"
#include "store/open_store.h"

namespace sosw {

/// The configuration and store that the user named; empty when not given.
struct Location {
  std::string config;  ///< -c FILE
  std::string store;   ///< --store URL
};

/// Throws InvalidConfig when the configuration is missing or can't be used.
Config require_config(const Location&);

/// Returns nullopt when none was named and there is no sosw.yaml here; then a store on DynamoDB is used with
/// the settings of the table `config` of its installation, if it has any. Throws when there is one that can't
/// be used.
std::optional<Config> find_config(const Location&);

/// --store, else SOSW_STORE, else sosw.db beside the configuration. The configuration gives the names of
/// tables; pass it when it is read already.
StoreLocation locate_store(const Location&);
StoreLocation locate_store(const Location&, const Config&);

/// Whether the store is a file.
bool has_store_file(const Location&);

/// Whether the store is a file that does not exist yet.
bool store_is_missing(const Location&);

enum class AdminAccess {
  read,
  write,
  schedule,  ///< creates the file if there is none, needs a configuration
};

/// The admin service for commands that read or act: of the engine that runs on the store, if it can be
/// reached, else over the store itself, which several processes may use at once. Throws Error when there is
/// no store yet, so that reading never creates one.
std::unique_ptr<AdminService> open_admin_service(const Location&, AdminAccess);

/// The one of a running engine; null when none can be reached.
std::unique_ptr<AdminService> find_engine_admin_service(const Location&);

}  // namespace sosw
