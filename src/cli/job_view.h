#pragma once

#include <string>

#include "sosw/model/time.h"

#include "text/json.h"

namespace sosw {

/// Formats a list of jobs, as the admin service describes them, as a table for people.
std::string table_of(const Json& jobs, Time now);

}  // namespace sosw
