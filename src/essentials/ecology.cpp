#include "essentials/ecology.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "text/mistakes.h"

namespace sosw {
namespace {

MetricSource* source_of(const std::string& details, const std::string& where,
                        std::span<MetricSource* const> sources) {
  try {
    for (MetricSource* source : sources)
      if (source->accepts(details)) return source;
  } catch (const InvalidConfig& error) {
    throw InvalidConfig(where, error.what());
  }
  throw InvalidConfig(
      where,
      "no metric source here understands this; give a `source`: static, http, prometheus or cloudwatch");
}

/// The health by one metric: nullopt when it has no data and no default.
std::optional<Condition> opinion(const HealthMetric& metric, const MetricSource::Reading& reading) {
  if (!reading.value) {
    if (!metric.when_no_data) return std::nullopt;
    return Condition{*metric.when_no_data, fmt::format("{} has no data", metric.name)};
  }
  const Health health = metric.feelings.judge(*reading.value);
  return Condition{health, fmt::format("{} feels {} ({})", metric.name, to_string(health), *reading.value)};
}

}  // namespace

Ecology::Ecology(const Settings& settings, std::vector<MetricSource*> sources) {
  Mistakes mistakes;
  for (const auto& [id, labourer] : settings.labourers)
    for (const HealthMetric& metric : labourer.health_metrics) {
      const std::string where = fmt::format("labourers.{}.health_metrics.{}.details", id, metric.name);
      mistakes.read([&] {
        auto& wanted = wanted_[source_of(metric.details, where, sources)];
        if (std::ranges::find(wanted, metric.details) == wanted.end()) wanted.push_back(metric.details);
      });
    }
  mistakes.throw_if_any();
}

void Ecology::refresh() {
  for (const auto& [source, wanted] : wanted_) {
    const std::vector<MetricSource::Reading> readings = source->read(wanted);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      MetricSource::Reading& known = readings_[wanted[i]];
      if (!readings[i].problem.empty() && readings[i].problem != known.problem)
        spdlog::warn("a health metric has no data: {}", readings[i].problem);
      known = readings[i];
    }
  }
}

Condition Ecology::condition(const Labourer& labourer) const {
  const std::lock_guard lock(mutex_);
  Condition worst;
  for (const HealthMetric& metric : labourer.health_metrics) {
    const auto reading = readings_.find(metric.details);
    const auto said = opinion(metric, reading == readings_.end() ? MetricSource::Reading{} : reading->second);
    if (said && said->health < worst.health) worst = *said;
  }
  return worst;
}

}  // namespace sosw
