#include "cli/human_text.h"

#include <array>
#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sosw {
namespace {

constexpr Seconds kMinute = 60, kHour = 3600, kDay = 86400;

/// Decodes the code point at text[at] and moves behind it; a stray byte counts as one.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t point = more == 0 ? first : first & (0x3FU >> more);
  for (int i = 0; i < more && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
       ++i)
    point = point << 6U | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return point;
}

/// Columns of one code point: combining marks take none; East Asian wide characters and emoji take two.
std::size_t columns_of_point(char32_t point) {
  struct Range {
    char32_t first, last;
  };
  constexpr std::array<Range, 4> none = {
      {{0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
  constexpr std::array<Range, 7> two = {{{0x1100, 0x115F},
                                         {0x2E80, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0x1F300, 0x1FAFF}}};
  for (const Range& range : none)
    if (point >= range.first && point <= range.last) return 0;
  for (const Range& range : two)
    if (point >= range.first && point <= range.last) return 2;
  return 1;
}

/// The two largest non-zero units.
std::string two_units(Seconds seconds, Seconds large, std::string_view large_name, Seconds small,
                      std::string_view small_name) {
  const auto larges = static_cast<std::int64_t>(seconds / large);
  const auto smalls = static_cast<std::int64_t>((seconds - static_cast<double>(larges) * large) / small);
  if (smalls == 0) return fmt::format("{} {}", larges, large_name);
  return fmt::format("{} {} {} {}", larges, large_name, smalls, small_name);
}

}  // namespace

std::string with_thousands(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", with_thousands(number), noun, number == 1 ? "" : "s");
}

std::string lasting(Seconds seconds) {
  if (seconds < 0.0005) return "0 s";
  if (seconds < 1) return fmt::format("{:.2g} s", seconds);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  seconds = std::round(seconds);
  if (seconds < kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < kHour) return two_units(seconds, kMinute, "min", 1, "s");
  if (seconds < kDay) return two_units(seconds, kHour, "h", kMinute, "min");
  return two_units(seconds, kDay, seconds < 2 * kDay ? "day" : "days", kHour, "h");
}

std::string moment(Time time, Time now) {
  const std::time_t whole = whole_unix_seconds(time);
  const std::string local = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(whole));
  return fmt::format("{} ({})", local, distance(time, now));
}

std::string distance(Time time, Time now) {
  const Seconds away = std::round(std::abs(now - time));
  if (away < 1) return "now";
  const std::string length = away < kMinute    ? fmt::format("{} s", away)
                             : away < kHour    ? fmt::format("{:.0f} min", std::floor(away / kMinute))
                             : away < 2 * kDay ? fmt::format("{:.0f} h", std::floor(away / kHour))
                                               : fmt::format("{:.0f} days", std::floor(away / kDay));
  return time > now ? "in " + length : length + " ago";
}

std::string rate(double per_second) {
  if (per_second < 100) return fmt::format("{:.3g}/s", per_second);
  return with_thousands(std::llround(per_second)) + "/s";
}

std::string printable(std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t point = next_code_point(text, at);
    const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    if (!control)
      line.append(text.substr(start, at - start));
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return line;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) columns += columns_of_point(next_code_point(text, at));
  return columns;
}

std::string truncated_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t used = 0, end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    used += columns_of_point(next_code_point(text, at));
    if (used > columns - 1) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace sosw
