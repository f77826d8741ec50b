#include "text/readable_line.h"

#include <algorithm>

#include "text/json_text.h"

namespace sosw {
namespace {

bool continues_a_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// The longest beginning of at most that many bytes that does not split a character.
std::string_view whole_characters(std::string_view text, std::size_t at_most) {
  if (text.size() <= at_most) return text;
  while (at_most > 0 && continues_a_character(text[at_most])) --at_most;
  return text.substr(0, at_most);
}

bool is_plain(char byte) { return byte >= ' ' && byte <= '~'; }

bool is_control(char byte) { return (byte >= 0 && byte < ' ') || byte == '\x7f'; }

}  // namespace

std::string readable_line(std::string_view text, std::size_t at_most) {
  const std::string_view begin = whole_characters(text, at_most);
  std::string line = std::ranges::all_of(begin, is_plain) ? std::string(begin) : valid_utf8(begin);
  const std::size_t fitting =
      whole_characters(line, at_most).size();  // U+FFFD is longer than the bytes it replaces
  const bool is_truncated = begin.size() < text.size() || fitting < line.size();
  line.resize(fitting);
  std::ranges::replace_if(line, is_control, ' ');
  return is_truncated ? line + "..." : line;
}

}  // namespace sosw
