#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/config_source.h"
#include "text/json.h"

namespace sosw {

enum class Lists {
  joined,    ///< of plain values, and of flat objects: united without duplicates; others: appended
  replaced,  ///< like any other value
};

/// Layers one configuration over another (SPEC 11): objects are merged by key, lists as requested, and
/// anything else replaces the lower value.
Json layered(Json below, const Json& above, Lists = Lists::joined);

/// The value of one name in one source.
struct ConfigLayer {
  std::string name;    ///< "sosw_scavenger_config"
  std::string source;  ///< its name, see ConfigSource
  Json content;        ///< an object; may hold secrets
};

/// The existing layers, lowest first: in the order of the names, and those of the same name in the order of
/// the sources. Throws InvalidConfig, which names configuration and source and never quotes them, for one
/// that is not a JSON object.
std::vector<ConfigLayer> config_layers(std::span<const std::string> names,
                                       std::span<ConfigSource* const> sources);

/// The inputs to a function's configuration.
struct ConfigRequest {
  std::string function_name;
  bool is_essential = false;  ///< then `sosw_essential_config` is layered below its own
  Json defaults = Json::object();
  Json passed = Json::object();  ///< by the code that starts it; overrides everything
};

/// defaults, `sosw_essential_config`, `<function name>_config`, and what was passed, each over the one
/// before. Throws as config_layers() does.
Json assembled_config(const ConfigRequest&, std::span<ConfigSource* const> sources);

}  // namespace sosw
