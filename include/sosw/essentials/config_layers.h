#pragma once

#include <span>
#include <string>

#include "sosw/essentials/json.h"
#include "sosw/ports/config_source.h"

namespace sosw {

/// One configuration over another (SPEC 11): objects are merged by key; lists of plain values, and lists of
/// flat objects, are united without duplicates, other lists appended; anything else replaces what was there.
Json layered(Json below, const Json& above);

/// What a function is told from the outside.
struct ConfigRequest {
  std::string function_name;
  bool is_essential = false;  ///< then `sosw_essential_config` lies below its own
  Json defaults = Json::object();
  Json passed = Json::object();  ///< by the code that starts it; lies above everything
};

/// defaults, `sosw_essential_config`, `<function name>_config`, and what was passed, each over the one
/// before. Where several sources have the same name, a later one lies over an earlier one. Throws
/// InvalidConfig, which names the configuration and never quotes it, for one that is no JSON object.
Json assembled_config(const ConfigRequest&, std::span<ConfigSource* const> sources);

}  // namespace sosw
