#pragma once

#include <optional>
#include <string>

#include "sosw/model/time.h"

namespace sosw::aws {

/// "2026-03-02T09:15:44Z", to the second.
std::string format_instant(Time);

/// The same, with or without a fraction; nullopt when the text is not such a time in UTC.
std::optional<Time> parse_instant(const std::string&);

}  // namespace sosw::aws
