#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sosw {

/// What a program wrote, fit to be shown in one line: valid UTF-8 without control characters, cut to
/// `at_most` bytes and "...".
std::string readable_line(std::string_view text, std::size_t at_most);

}  // namespace sosw
