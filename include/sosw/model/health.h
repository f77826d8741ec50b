#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sosw {

/// The health of something that workers depend on (SPEC 7). More is better.
enum class Health { bad = 0, poor = 1, moderate = 2, good = 3, high = 4 };

std::string_view to_string(Health);  ///< "Bad", "Poor", "Moderate", "Good", "High"

/// Maps a metric's value to a health: from the best status down, the first whose threshold the value
/// satisfies.
class Feelings {
 public:
  enum class Comparison { le, lt, ge, gt };

  /// Throws InvalidConfig (`where` is empty) unless thresholds get strictly stricter as the status rises.
  Feelings(std::map<Health, double> thresholds, Comparison);

  Health judge(double value) const;  ///< Health::bad when no threshold is satisfied

 private:
  std::map<Health, double> thresholds_;
  Comparison comparison_;
};

/// "le", "lt", "ge", "gt" or "<=", "<", ">=", ">"; nullopt for other text.
std::optional<Feelings::Comparison> comparison_from(std::string_view);

/// The share of max_simultaneous_invocations that each health allows, indexed by Health (SPEC 6).
using Coefficients = std::array<double, 5>;
inline constexpr Coefficients kDefaultCoefficients = {0, 0, 0.5, 0.75, 1};

}  // namespace sosw
