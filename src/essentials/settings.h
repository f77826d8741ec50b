#pragma once

#include <map>
#include <string>
#include <vector>

#include "sosw/model/labourer.h"
#include "sosw/model/rule.h"

#include "job/job_schema.h"

namespace sosw {

/// The configuration of the essentials (SPEC 4, 5, 6, 11).
struct Settings {
  std::map<std::string, Labourer> labourers;
  std::map<std::string, JobSchema> job_schema_variants;  ///< always holds "default"
  Coefficients coefficients = kDefaultCoefficients;
  std::vector<Rule> rules;  ///< for an installation that runs rules itself, see config/rule_settings.h
};

}  // namespace sosw
