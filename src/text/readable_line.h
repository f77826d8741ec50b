#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sosw {

/// A program's output, made printable in one line: valid UTF-8 without control characters, truncated to
/// `at_most` bytes and "...".
std::string readable_line(std::string_view text, std::size_t at_most);

}  // namespace sosw
