#pragma once

#include <string>
#include <string_view>

namespace sosw {

/// An unquoted scalar of YAML's core schema as JSON: null, true, false, a number, or else a text. A number
/// keeps its digits; only a form that JSON lacks, such as +5, .5, 007 and 0x1f, is rewritten. A number that
/// does not fit a double is a text.
std::string json_of_plain_scalar(std::string_view scalar);

}  // namespace sosw
