#include "config/labourer_settings.h"

#include <array>
#include <limits>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "essentials/settings.h"
#include "model/function_arn.h"
#include "text/known_keys.h"
#include "text/mistakes.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 7> kLabourerKeys = {
    "arn", "max_simultaneous_invocations", "max_attempts", "duration", "cooldown", "retry", "health_metrics"};
constexpr double kAny = std::numeric_limits<double>::max();
constexpr Seconds kLongestDuration = 10'000'000;  // well below the year that greenfield adds
constexpr Seconds kShortestDuration = 0.001;

/// Greenfield has whole seconds, and a worker that timed out gets half of the cooldown to end: with less, its
/// next attempt could begin before it is gone.
constexpr Seconds kLeastCooldown = 5;
constexpr std::array<std::string_view, 5> kRetryKeys = {"policy", "base", "factor", "max", "jitter"};
constexpr std::array<std::string_view, 4> kMetricKeys = {"details", "feelings", "feeling_comparison_operator",
                                                         "when_no_data"};

std::string below(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
}

void require_number(double value, const std::string& where, double least, double most) {
  if (!(value >= least) || value > most)
    throw InvalidConfig(where, most == kAny ? fmt::format("must be a number of at least {}", least)
                                            : fmt::format("must be a number from {} to {}", least, most));
}

double number(const Json& object, const std::string& key, const std::string& where, double least, double most,
              double otherwise) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return otherwise;
  const double value = found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
  require_number(value, below(where, key), least, most);
  return value;
}

RetryPolicy parse_retry(const Json& settings, const std::string& where) {
  if (!settings.is_object())
    throw InvalidConfig(where, "must be an object such as {base: 10, factor: 2, max: 900}");
  require_known_keys(settings, where, kRetryKeys);
  RetryPolicy retry;
  if (const auto policy = settings.find("policy"); policy != settings.end()) {
    if (*policy != "exponential" && *policy != "linear")
      throw InvalidConfig(below(where, "policy"), "must be exponential or linear");
    retry.kind = *policy == "linear" ? RetryPolicy::Kind::linear : RetryPolicy::Kind::exponential;
  }
  Mistakes mistakes;
  mistakes.read([&] { retry.base = number(settings, "base", where, 0, kAny, retry.base); });
  mistakes.read([&] { retry.factor = number(settings, "factor", where, 1, kAny, retry.factor); });
  mistakes.read([&] { retry.max = number(settings, "max", where, 0, kAny, retry.max); });
  mistakes.read([&] { retry.jitter = number(settings, "jitter", where, 0, 1, retry.jitter); });
  mistakes.throw_if_any();
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

std::vector<HealthMetric> parse_metrics(const Json& settings, const std::string& labourer) {
  const std::string where = below(labourer, "health_metrics");
  const auto found = settings.find("health_metrics");
  if (found == settings.end() || found->is_null()) return {};
  if (!found->is_object()) throw InvalidConfig(where, "must be an object of name: metric");
  std::vector<HealthMetric> metrics;
  Mistakes mistakes;
  for (const auto& entry : found->items())
    mistakes.read(
        [&] { metrics.push_back(parse_metric(entry.key(), entry.value(), below(where, entry.key()))); });
  mistakes.throw_if_any();
  return metrics;
}

/// Whether a job can refer to it.
void require_callable(const std::string& id, const std::string& where) {
  const auto arn = parse_function_arn(id);
  if (!arn || arn->name != id)
    throw InvalidConfig(where, "no job can call a labourer so; a name has no blanks and no colons");
}

std::string text_at(const Json& object, const std::string& key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (!found->is_string()) throw InvalidConfig(below(where, key), "must be text");
  return found->get<std::string>();
}

}  // namespace

void require_usable(const Labourer& labourer) {
  const std::string where = "labourers." + labourer.id;
  const auto require = [&](double value, const char* key, double least, double most) {
    require_number(value, below(where, key), least, most);
  };
  if (labourer.id.empty()) throw InvalidConfig("labourers", "one has no id");
  require(labourer.max_simultaneous_invocations, "max_simultaneous_invocations", 0, kAny);
  require(labourer.max_attempts, "max_attempts", 1, kAny);
  require(labourer.duration, "duration", kShortestDuration, kLongestDuration);
  require(labourer.cooldown, "cooldown", 0, kLongestDuration);
  require(labourer.retry.base, "retry.base", 0, kAny);
  require(labourer.retry.factor, "retry.factor", 1, kAny);
  require(labourer.retry.max, "retry.max", 0, kAny);
  require(labourer.retry.jitter, "retry.jitter", 0, 1);
  if (labourer.cooldown < kLeastCooldown)
    throw InvalidConfig(
        below(where, "cooldown"),
        fmt::format("must be at least {}: a worker that ran out of time needs a moment to end",
                    kLeastCooldown));
}

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
  Labourer labourer;
  labourer.id = id;
  Mistakes mistakes;
  mistakes.read([&] { require_callable(id, where); });
  mistakes.read([&] { require_known_keys(settings, where, kLabourerKeys, other_keys); });
  mistakes.read([&] { labourer.arn = text_at(settings, "arn", where); });
  mistakes.read([&] {
    labourer.max_simultaneous_invocations = whole_number(settings, "max_simultaneous_invocations", where, 0)
                                                .value_or(defaults.max_simultaneous_invocations);
  });
  mistakes.read([&] {
    labourer.max_attempts = whole_number(settings, "max_attempts", where, 1).value_or(defaults.max_attempts);
  });
  mistakes.read([&] {
    labourer.duration =
        number(settings, "duration", where, kShortestDuration, kLongestDuration, labourer.duration);
  });
  mistakes.read([&] {
    labourer.cooldown = number(settings, "cooldown", where, 0, kLongestDuration, labourer.cooldown);
  });
  if (const auto retry = settings.find("retry"); retry != settings.end())
    mistakes.read([&] { labourer.retry = parse_retry(*retry, below(where, "retry")); });
  mistakes.read([&] { labourer.health_metrics = parse_metrics(settings, where); });
  mistakes.throw_if_any();
  return labourer;
}

}  // namespace sosw
