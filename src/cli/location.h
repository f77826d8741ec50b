#pragma once

#include <memory>
#include <optional>
#include <string>

#include "admin/admin_service.h"
#include "config/config.h"
#include "store/open_store.h"

namespace sosw {

/// Where the user says that things are; empty when he said nothing.
struct Location {
  std::string config;  ///< -c FILE
  std::string store;   ///< --store URL
};

/// Throws InvalidConfig when there is no configuration or it can't be used.
Config require_config(const Location&);

/// Nothing when none was named and there is no sosw.yaml here; then a store on DynamoDB is looked after as
/// the table `config` of its installation says, if it says anything. Throws when there is one that can't be
/// used.
std::optional<Config> find_config(const Location&);

/// --store, else SOSW_STORE, else sosw.db beside the configuration. Tables are called as the configuration
/// says; give it when it is known already.
StoreLocation locate_store(const Location&);
StoreLocation locate_store(const Location&, const Config&);

/// Whether the tasks are in a file.
bool has_store_file(const Location&);

/// Whether they shall be in a file that is not there yet.
bool store_is_missing(const Location&);

enum class AdminAccess {
  read,
  write,
  schedule,  ///< a file is made if there is none, a configuration is needed
};

/// The admin service at which people see and do things: of the engine that runs on the store, if it can be
/// asked, else over the store itself, which several processes may use at once. Throws Error when there is no
/// store yet, so that looking never makes one.
std::unique_ptr<AdminService> open_admin_service(const Location&, AdminAccess);

/// The one of a running engine; null when there is none that can be asked.
std::unique_ptr<AdminService> find_engine_admin_service(const Location&);

}  // namespace sosw
