#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sosw/model/time.h"

namespace sosw {

std::string with_thousands(std::int64_t number);  ///< 1234567 -> "1,234,567"
std::string lasting(Seconds);          ///< "0.3 s", "45 s", "3 min 20 s", "2 h 5 min", "3 days 4 h"
std::string distance(Time, Time now);  ///< "3 min ago", "in 5 s", "now"
std::string moment(Time, Time now);    ///< local time, "2026-11-24 15:11:02 (3 min ago)"
std::string rate(double per_second);   ///< "12.5/s", "1,234/s"

/// Text from outside as one line without terminal control characters.
std::string printable(std::string_view text);

/// The width of UTF-8 text in terminal columns.
std::size_t columns_of(std::string_view text);

/// The text truncated to that many columns, with "…" at its end if it was longer.
std::string truncated_to(std::string_view text, std::size_t columns);

/// "1 task", "2 tasks".
std::string counted(std::int64_t number, std::string_view noun);

}  // namespace sosw
