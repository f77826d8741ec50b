#include "health/static_metric.h"

#include <array>

#include "sosw/model/errors.h"

#include "essentials/settings.h"
#include "text/json.h"
#include "text/known_keys.h"
#include "text/parse_json.h"

namespace sosw {

bool StaticMetric::accepts(const std::string& details) const {
  const Json parsed = parse_json(details);
  if (parsed.value("source", Json()) != "static") return false;
  constexpr std::array<std::string_view, 2> known = {"source", "value"};
  require_known_keys(parsed, "", known);
  if (!parsed.value("value", Json()).is_number()) throw InvalidConfig("value", "must be a number");
  return true;
}

std::vector<MetricSource::Reading> StaticMetric::read(std::span<const std::string> details) {
  std::vector<Reading> readings;
  for (const std::string& one : details) readings.push_back({parse_json(one).at("value").get<double>(), ""});
  return readings;
}

}  // namespace sosw
