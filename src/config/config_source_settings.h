#pragma once

#include <string>
#include <vector>

#include "config/installed_config.h"

namespace sosw {

/// Where the configurations of an installation on AWS are stored; a later source overrides an earlier one.
struct ConfigSourceSettings {
  enum class Kind { table, parameters, secrets };
  std::vector<Kind> in_order;
  std::string table = "config";
};

/// The part `aws` of a configuration: {"config": ["table", "parameters", "secrets"], "config_table": NAME};
/// without it there are no such sources. Throws InvalidConfig.
ConfigSourceSettings parse_config_sources(const Json& document);

/// Reads them, with the account and region of the environment. A source that denies access counts as empty.
/// Throws AwsError when one can't be read, and as read_installed_config() does.
InstalledConfig ask(const ConfigSourceSettings&, const EssentialNames&);

}  // namespace sosw
