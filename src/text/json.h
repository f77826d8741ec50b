#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sosw/model/time.h"

namespace sosw {

/// JSON whose keys keep their order.
using Json = nlohmann::ordered_json;

/// On one line; bytes that are not valid UTF-8 become U+FFFD.
inline std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A point of time is a number in JSON: Unix seconds.
inline void to_json(Json& json, Time time) { json = time.since_epoch(); }
inline void from_json(const Json& json, Time& time) { time = Time(json.get<double>()); }

}  // namespace sosw
