#pragma once

#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "sosw/model/time.h"

namespace sosw {

/// The number in the text; nullopt unless it is digits only and fits.
template <typename Number>
std::optional<Number> parse_digits(std::string_view text) {
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

/// YYYY-MM-DD, from the year 1 on.
std::optional<std::chrono::sys_days> parse_day(std::string_view text);

/// The time of an ISO 8601 date and time with a zone: 2026-11-24T22:00:00Z, 2026-11-24 22:00+01:00. nullopt
/// for other text, a missing zone included.
std::optional<Time> parse_moment(std::string_view text);

}  // namespace sosw
