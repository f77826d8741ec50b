#include "config/plain_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "text/json_text.h"

namespace sosw {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::string_view take_digits(std::string_view& text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, std::string_view characters) {
  const bool found = !text.empty() && characters.find(text[0]) != std::string_view::npos;
  if (found) text.remove_prefix(1);
  return found;
}

/// "0x1f" and "0o17"; larger ones are texts.
std::optional<std::string> whole_of_other_base(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  if (base == 0 || text.size() == 2 || text[2] == '-') return std::nullopt;
  const auto read = std::from_chars(text.data() + 2, end, number, base);
  return read.ec == std::errc() && read.ptr == end ? std::optional(std::to_string(number)) : std::nullopt;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? as JSON writes it.
std::optional<std::string> decimal(std::string_view rest) {
  std::string json = rest.starts_with('-') ? "-" : "";
  take(rest, "+-");
  std::string_view whole = take_digits(rest);
  const bool has_point = take(rest, ".");
  const std::string_view fraction = has_point ? take_digits(rest) : "";
  if (whole.empty() && fraction.empty()) return std::nullopt;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  json.append(whole.empty() ? "0" : whole);
  if (has_point) json.append(".").append(fraction.empty() ? "0" : fraction);
  if (const std::string_view exponent = rest; take(rest, "eE")) {
    take(rest, "+-");
    if (take_digits(rest).empty()) return std::nullopt;
    json.append(exponent);
  }
  const bool is_a_number = rest.empty() && std::isfinite(std::strtod(json.c_str(), nullptr));
  return is_a_number ? std::optional(std::move(json)) : std::nullopt;
}

}  // namespace

std::string json_of_plain_scalar(std::string_view scalar) {
  if (is_one_of(scalar, {"", "~", "null", "Null", "NULL"})) return "null";
  if (is_one_of(scalar, {"true", "True", "TRUE"})) return "true";
  if (is_one_of(scalar, {"false", "False", "FALSE"})) return "false";
  if (auto number = whole_of_other_base(scalar)) return std::move(*number);
  if (auto number = decimal(scalar)) return std::move(*number);
  return encoded(scalar);
}

}  // namespace sosw
