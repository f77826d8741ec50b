#include "config/labourer_settings.h"

#include <array>
#include <limits>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "essentials/settings.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 7> kLabourerKeys = {
    "arn", "max_simultaneous_invocations", "max_attempts", "duration", "cooldown", "retry", "health_metrics"};
constexpr Seconds kLongestDuration = 10'000'000;  // well below the year that greenfield adds
constexpr std::array<std::string_view, 5> kRetryKeys = {"policy", "base", "factor", "max", "jitter"};
constexpr std::array<std::string_view, 4> kMetricKeys = {"details", "feelings", "feeling_comparison_operator",
                                                         "when_no_data"};

std::string below(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
}

double number(const Json& object, const std::string& key, const std::string& where, double least, double most,
              double otherwise) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return otherwise;
  if (!found->is_number() || !(found->get<double>() >= least) || found->get<double>() > most)
    throw InvalidConfig(below(where, key), most == std::numeric_limits<double>::max()
                                               ? fmt::format("must be a number of at least {}", least)
                                               : fmt::format("must be a number from {} to {}", least, most));
  return found->get<double>();
}

RetryPolicy parse_retry(const Json& settings, const std::string& where) {
  constexpr double any = std::numeric_limits<double>::max();
  if (!settings.is_object())
    throw InvalidConfig(where, "must be an object such as {base: 10, factor: 2, max: 900}");
  require_known_keys(settings, where, kRetryKeys);
  RetryPolicy retry;
  if (const auto policy = settings.find("policy"); policy != settings.end()) {
    if (*policy != "exponential" && *policy != "linear")
      throw InvalidConfig(below(where, "policy"), "must be exponential or linear");
    retry.kind = *policy == "linear" ? RetryPolicy::Kind::linear : RetryPolicy::Kind::exponential;
  }
  retry.base = number(settings, "base", where, 0, any, retry.base);
  retry.factor = number(settings, "factor", where, 1, any, retry.factor);
  retry.max = number(settings, "max", where, 0, any, retry.max);
  retry.jitter = number(settings, "jitter", where, 0, 1, retry.jitter);
  return retry;
}

std::optional<Health> health_from(const Json& status) {
  const std::string text = status.is_string() ? status.get<std::string>() : status.dump();
  if (text.size() != 1 || text[0] < '0' || text[0] > '4') return std::nullopt;
  return static_cast<Health>(text[0] - '0');
}

Feelings parse_feelings(const Json& metric, const std::string& where) {
  const auto feelings = metric.find("feelings");
  if (feelings == metric.end() || !feelings->is_object())
    throw InvalidConfig(below(where, "feelings"), "must be an object of health (0 to 4): threshold");
  std::map<Health, double> thresholds;
  for (const auto& [status, threshold] : feelings->items()) {
    const auto health = health_from(status);
    if (!health)
      throw InvalidConfig(below(where, "feelings." + status), "is no health; they are 0 (Bad) to 4 (High)");
    if (!threshold.is_number()) throw InvalidConfig(below(where, "feelings." + status), "must be a number");
    thresholds[*health] = threshold.get<double>();
  }
  const Json comparison = metric.value("feeling_comparison_operator", Json());
  const auto parsed = comparison_from(comparison.is_string() ? comparison.get<std::string>() : "");
  if (!parsed) throw InvalidConfig(below(where, "feeling_comparison_operator"), "must be le, lt, ge or gt");
  try {
    return Feelings(std::move(thresholds), *parsed);
  } catch (const InvalidConfig& error) {
    throw InvalidConfig(below(where, "feelings"), error.what());
  }
}

HealthMetric parse_metric(const std::string& name, const Json& metric, const std::string& where) {
  if (!metric.is_object()) throw InvalidConfig(where, "must be an object with details and feelings");
  require_known_keys(metric, where, kMetricKeys);
  const auto details = metric.find("details");
  if (details == metric.end() || !details->is_object())
    throw InvalidConfig(below(where, "details"), "must be an object that says what to measure");
  std::optional<Health> when_no_data;
  if (const auto health = metric.find("when_no_data"); health != metric.end() && !health->is_null()) {
    when_no_data = health_from(*health);
    if (!when_no_data)
      throw InvalidConfig(below(where, "when_no_data"), "must be a health from 0 (Bad) to 4 (High)");
  }
  return {name, details->dump(), parse_feelings(metric, where), when_no_data};
}

}  // namespace

std::optional<int> whole_number(const Json& object, const std::string& key, const std::string& where,
                                int least) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_integer() || *found < least || *found > std::numeric_limits<int>::max())
    throw InvalidConfig(below(where, key), fmt::format("must be a whole number of at least {}", least));
  return found->get<int>();
}

Labourer parse_labourer(const std::string& id, const Json& settings, const LabourerDefaults& defaults,
                        std::span<const std::string_view> other_keys) {
  const std::string where = "labourers." + id;
  if (!settings.is_object()) throw InvalidConfig(where, "must be an object");
  require_known_keys(settings, where, kLabourerKeys, other_keys);
  Labourer labourer;
  labourer.id = id;
  if (const auto arn = settings.find("arn"); arn != settings.end()) {
    if (!arn->is_string()) throw InvalidConfig(below(where, "arn"), "must be text");
    labourer.arn = arn->get<std::string>();
  }
  labourer.max_simultaneous_invocations = whole_number(settings, "max_simultaneous_invocations", where, 0)
                                              .value_or(defaults.max_simultaneous_invocations);
  labourer.max_attempts = whole_number(settings, "max_attempts", where, 1).value_or(defaults.max_attempts);
  labourer.duration = number(settings, "duration", where, 0.001, kLongestDuration, labourer.duration);
  labourer.cooldown = number(settings, "cooldown", where, 0, kLongestDuration, labourer.cooldown);
  if (const auto retry = settings.find("retry"); retry != settings.end())
    labourer.retry = parse_retry(*retry, below(where, "retry"));
  if (const auto metrics = settings.find("health_metrics");
      metrics != settings.end() && !metrics->is_null()) {
    if (!metrics->is_object())
      throw InvalidConfig(below(where, "health_metrics"), "must be an object of name: metric");
    for (const auto& [name, metric] : metrics->items())
      labourer.health_metrics.push_back(parse_metric(name, metric, below(where, "health_metrics." + name)));
  }
  return labourer;
}

}  // namespace sosw
