#pragma once

#include <nlohmann/json.hpp>

namespace sosw {

/// JSON whose keys stay in the order in which people wrote them.
using Json = nlohmann::ordered_json;

}  // namespace sosw
