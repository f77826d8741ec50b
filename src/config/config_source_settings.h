#pragma once

#include <string>
#include <vector>

#include "config/installed_config.h"

namespace sosw {

/// Where the configurations of an installation on AWS are kept; a later place lies over an earlier one.
struct ConfigSourceSettings {
  enum class Kind { table, parameters, secrets };
  std::vector<Kind> in_order;
  std::string table = "config";
};

/// The part `aws` of a configuration: {"config": ["table", "parameters", "secrets"], "config_table": NAME};
/// without it there are no such places. Throws InvalidConfig.
ConfigSourceSettings parse_config_sources(const Json& document);

/// Reads them, in the account and region that the environment tells. A place that may not be read says
/// nothing. Throws AwsError when one can't be asked, and as read_installed_config() does.
InstalledConfig ask(const ConfigSourceSettings&, const EssentialNames&);

}  // namespace sosw
