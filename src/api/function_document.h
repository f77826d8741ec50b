#pragma once

#include <nlohmann/json.hpp>

#include "api/named_functions.h"

namespace sosw {

/// A function's configuration as the API describes it. A list leaves the state out.
nlohmann::ordered_json configuration_of(const FunctionDescription&, bool with_state);

/// The answer to GetFunction.
nlohmann::ordered_json document_of(const FunctionDescription&);

}  // namespace sosw
