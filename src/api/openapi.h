#pragma once

#include <string_view>

namespace sosw {

/// The text of src/api/openapi.json, which is built in.
std::string_view openapi_document();

}  // namespace sosw
