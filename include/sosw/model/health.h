#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sosw {

/// How well something that workers depend on feels (SPEC 7). More is better.
enum class Health { bad = 0, poor = 1, moderate = 2, good = 3, high = 4 };

std::string_view to_string(Health);  ///< "Bad", "Poor", "Moderate", "Good", "High"

/// Turns a metric's value into a health: from the best status down, the first whose threshold the value
/// satisfies.
class Feelings {
 public:
  enum class Comparison { le, lt, ge, gt };

  /// Throws InvalidConfig (without a place) unless thresholds get strictly stricter as the status rises.
  Feelings(std::map<Health, double> thresholds, Comparison);

  Health judge(double value) const;  ///< Health::bad when no threshold is satisfied

 private:
  std::map<Health, double> thresholds_;
  Comparison comparison_;
};

/// "le", "lt", "ge", "gt" or "<=", "<", ">=", ">"; nothing for other text.
std::optional<Feelings::Comparison> comparison_from(std::string_view);

/// The share of max_simultaneous_invocations that each health allows, indexed by Health (SPEC 6).
using Coefficients = std::array<double, 5>;
inline constexpr Coefficients kDefaultCoefficients = {0, 0, 0.5, 0.75, 1};

}  // namespace sosw
