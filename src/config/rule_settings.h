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
///     time_zone  IANA name; UTC when it is not given
///     job        as for `sosw schedule`; no idempotency_key, since each time has one of its own
///     missed     run_once (when it is not given) or skip, see rule.h
///     enabled    true when it is not given
///
/// `settings` says which labourers and job schemas there are; each job is checked as if it were due. Throws
/// InvalidConfig with the place of the key, such as "rules.0.schedule".
std::vector<Rule> parse_rules(std::string_view list, const Settings& settings, TimeZones&);

}  // namespace sosw
