#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/config_source.h"
#include "essentials/essential_names.h"
#include "text/json.h"

namespace sosw {

/// The configurations of an installation's essentials, translated to the keys of sosw.yaml.
struct InstalledConfig {
  Json content = Json::object();
  std::map<std::string, std::string, std::less<>>
      origins;                     ///< by the path of the key: "sosw_orchestrator_config in the table config"
  std::vector<std::string> found;  ///< the existing configurations, named in the same way
};

/// Each key comes from the configuration of the essential that uses it, or from `sosw_essential_config`:
/// schemas from the scheduler's; labourers, their limits and metrics, and the names of tables from the
/// orchestrator's; max_attempts and the topic of alarms from the scavenger's. Other keys are ignored, with
/// one line of the log that names them. Throws what the sources throw, and InvalidConfig, which names
/// configuration and source and quotes nothing.
InstalledConfig read_installed_config(const EssentialNames&, std::span<ConfigSource* const>);

}  // namespace sosw
