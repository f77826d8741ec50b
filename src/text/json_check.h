#pragma once

#include <string_view>

namespace sosw {

/// Whether the text is one JSON value in UTF-8 and nothing else. (The library's own check takes a NUL for the
/// end of the text, whatever follows.)
bool is_json(std::string_view text);

/// The same, and the value is an object.
bool is_json_object(std::string_view text);

}  // namespace sosw
