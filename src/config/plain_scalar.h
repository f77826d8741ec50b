#pragma once

#include <string>
#include <string_view>

namespace sosw {

/// What a scalar of YAML that is not quoted says by its core schema, as JSON: null, true, false, a number, or
/// else a text. A number keeps its digits; only what JSON can't write, such as +5, .5, 007 and 0x1f, is
/// written in another way. A number that no double can hold is a text.
std::string json_of_plain_scalar(std::string_view scalar);

}  // namespace sosw
