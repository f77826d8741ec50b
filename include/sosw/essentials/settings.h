#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/essentials/json.h"
#include "sosw/job/job_schema.h"
#include "sosw/model/known_keys.h"
#include "sosw/model/labourer.h"
#include "sosw/model/rule.h"

namespace sosw {

/// What the essentials know of an installation (SPEC 4, 5, 6, 11).
struct Settings {
  std::map<std::string, Labourer> labourers;
  std::map<std::string, JobSchema> job_schema_variants;  ///< always holds "default"
  Coefficients coefficients = kDefaultCoefficients;
  std::vector<Rule> rules;  ///< for an installation that fires rules itself, see rule_settings.h
};

/// Keys that a reader of the same document understands beside those of Settings.
struct OtherKeys {
  std::span<const std::string_view> top;
  std::span<const std::string_view> labourer;
};

/// Throws InvalidConfig that names the key, also for a key nobody knows.
Settings parse_settings(const Json& document, const OtherKeys& other = {});

/// Throws InvalidConfig for the first key that is not among the known, naming the nearest known one.
void require_known_keys(const Json& object, std::string_view where, std::span<const std::string_view> known,
                        std::span<const std::string_view> also_known = {});

}  // namespace sosw
