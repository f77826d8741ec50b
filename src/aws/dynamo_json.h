#pragma once

#include <nlohmann/json.hpp>

#include "sosw/aws/attribute_value.h"

namespace sosw::aws {

/// The wire form of values: {"S": "text"}, {"N": "1"}, ... Reading throws nlohmann::json::exception or
/// std::invalid_argument for what is none.
nlohmann::json to_json(const AttributeValue&);
nlohmann::json to_json(const Item&);
AttributeValue value_from_json(const nlohmann::json&);
Item item_from_json(const nlohmann::json&);

}  // namespace sosw::aws
