#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/config_source.h"
#include "text/json.h"

namespace sosw {

enum class Lists {
  joined,    ///< those of plain values, and those of flat objects, are united without duplicates, others
             ///< appended
  replaced,  ///< as anything else
};

/// One configuration over another (SPEC 11): objects are merged by key, lists as it is asked for, and
/// anything else replaces what was there.
Json layered(Json below, const Json& above, Lists = Lists::joined);

/// What one source says under one name.
struct ConfigLayer {
  std::string name;    ///< "sosw_scavenger_config"
  std::string source;  ///< as it is called, see ConfigSource
  Json content;        ///< an object; may hold secrets
};

/// Those that there are, the lowest first: in the order of the names, and those of the same name in the order
/// of the sources. Throws InvalidConfig, which names configuration and source and never quotes them, for one
/// that is no JSON object.
std::vector<ConfigLayer> config_layers(std::span<const std::string> names,
                                       std::span<ConfigSource* const> sources);

/// What a function is told from the outside.
struct ConfigRequest {
  std::string function_name;
  bool is_essential = false;  ///< then `sosw_essential_config` lies below its own
  Json defaults = Json::object();
  Json passed = Json::object();  ///< by the code that starts it; lies above everything
};

/// defaults, `sosw_essential_config`, `<function name>_config`, and what was passed, each over the one
/// before. Throws as config_layers() does.
Json assembled_config(const ConfigRequest&, std::span<ConfigSource* const> sources);

}  // namespace sosw
