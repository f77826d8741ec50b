#include "functions/readable_line.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace sosw {
namespace {

/// Anything that is no UTF-8 becomes U+FFFD, on the way through JSON.
std::string valid_utf8(std::string_view text) {
  using nlohmann::json;
  const json quoted = std::string(text);
  return json::parse(quoted.dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

bool continues_a_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

bool is_plain(char byte) { return byte >= ' ' && byte <= '~'; }

bool is_control(char byte) { return (byte >= 0 && byte < ' ') || byte == '\x7f'; }

}  // namespace

std::string readable_line(std::string_view text, std::size_t at_most) {
  const bool too_long = text.size() > at_most;
  if (too_long) {
    while (at_most > 0 && continues_a_character(text[at_most])) --at_most;
    text = text.substr(0, at_most);
  }
  std::string line = std::ranges::all_of(text, is_plain) ? std::string(text) : valid_utf8(text);
  std::ranges::replace_if(line, is_control, ' ');
  return too_long ? line + "..." : line;
}

}  // namespace sosw
