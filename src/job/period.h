#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sosw/model/time.h"

namespace sosw {

/// The UTC day of that time as YYYY-MM-DD.
std::string utc_date(Time);

/// Whether the text is a valid date as YYYY-MM-DD.
bool is_date(std::string_view);

/// The days of a period (SPEC 5) when today is `today` (YYYY-MM-DD), oldest first. Throws InvalidJob that
/// names the valid forms.
std::vector<std::string> days_of_period(std::string_view period, std::string_view today);

}  // namespace sosw
