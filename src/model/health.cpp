#include "sosw/model/health.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

bool satisfies(double value, Feelings::Comparison comparison, double threshold) {
  switch (comparison) {
    case Feelings::Comparison::le:
      return value <= threshold;
    case Feelings::Comparison::lt:
      return value < threshold;
    case Feelings::Comparison::ge:
      return value >= threshold;
    case Feelings::Comparison::gt:
      return value > threshold;
  }
  return false;
}

bool wants_less(Feelings::Comparison comparison) {
  return comparison == Feelings::Comparison::le || comparison == Feelings::Comparison::lt;
}

}  // namespace

std::string_view to_string(Health health) {
  constexpr std::array<std::string_view, 5> names = {"Bad", "Poor", "Moderate", "Good", "High"};
  return names[static_cast<std::size_t>(health)];
}

Feelings::Feelings(std::map<Health, double> thresholds, Comparison comparison)
    : thresholds_(std::move(thresholds)), comparison_(comparison) {
  if (thresholds_.empty())
    throw InvalidConfig("", "feelings name no status; give at least one, such as {\"3\": 80}");
  const std::pair<const Health, double>* lower = nullptr;
  for (const auto& feeling : thresholds_) {
    const bool stricter =
        !lower || (wants_less(comparison_) ? feeling.second < lower->second : feeling.second > lower->second);
    if (!stricter)
      throw InvalidConfig(
          "", fmt::format("the threshold of feeling {} ({}) must be {} than that of feeling {} ({})",
                          static_cast<int>(feeling.first), feeling.second,
                          wants_less(comparison_) ? "smaller" : "greater", static_cast<int>(lower->first),
                          lower->second));
    lower = &feeling;
  }
}

Health Feelings::judge(double value) const {
  for (auto feeling = thresholds_.rbegin(); feeling != thresholds_.rend(); ++feeling)
    if (satisfies(value, comparison_, feeling->second)) return feeling->first;
  return Health::bad;
}

std::optional<Feelings::Comparison> comparison_from(std::string_view text) {
  using enum Feelings::Comparison;
  if (text == "le" || text == "<=") return le;
  if (text == "lt" || text == "<") return lt;
  if (text == "ge" || text == ">=") return ge;
  if (text == "gt" || text == ">") return gt;
  return std::nullopt;
}

}  // namespace sosw
