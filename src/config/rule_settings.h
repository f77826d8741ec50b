#pragma once

#include <string_view>
#include <vector>

#include "sosw/model/rule.h"
#include "sosw/ports/time_zones.h"

#include "essentials/settings.h"

namespace sosw {

/// The list under `rules` as compact JSON, each entry with the keys
///
///     name       unique
///     schedule   see schedule.h
/// time_zone  IANA name; default UTC
/// job        as for `sosw schedule`; no idempotency_key, since each due time has its own
/// missed     run_once (the default) or skip, see rule.h
/// enabled    default true
///
/// `settings` has the labourers and job schemas; each job is checked as if it were due. Throws InvalidConfig
/// with the path of the key, such as "rules.0.schedule".
std::vector<Rule> parse_rules(std::string_view list, const Settings& settings, TimeZones&);

}  // namespace sosw
