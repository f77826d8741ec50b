#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace sosw {

/// JSON whose keys stay in the order in which people wrote them.
using Json = nlohmann::ordered_json;

/// On one line; bytes that are no UTF-8 become U+FFFD.
inline std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sosw
