#include "model/decision.h"

#include <cmath>

#include <fmt/format.h>

namespace sosw {
namespace {

/// 0.29 of 100 is 29, though the product of the doubles is a little less.
std::int64_t share_of(int maximum, double coefficient) {
  constexpr double rounding = 1e-9;
  return static_cast<std::int64_t>(std::floor(maximum * coefficient + rounding));
}

}  // namespace

Allowance allowance(const Labourer& labourer, const LabourerControl& control, const Condition& condition,
                    const Coefficients& coefficients) {
  if (control.paused) return {0, "paused"};
  const int maximum = control.limit.value_or(labourer.max_simultaneous_invocations);
  const double coefficient = coefficients[static_cast<std::size_t>(condition.health)];
  const std::int64_t limit = share_of(maximum, coefficient);
  if (limit < maximum)
    return {limit, condition.reason.empty()
                       ? fmt::format("invocation_number_coefficient of {}", to_string(condition.health))
                       : condition.reason};
  return {limit, control.limit ? "the limit that was set" : "max_simultaneous_invocations"};
}

RetryDecision after_failure(const Labourer& labourer, int attempts, Time now, double chance) {
  if (attempts >= labourer.max_attempts)
    return {true, {}, fmt::format("attempt {} of {} failed", attempts, labourer.max_attempts)};
  const Seconds delay = retry_delay(labourer.retry, attempts, labourer.duration, chance);
  return {
      false, now + delay,
      fmt::format("attempt {} of {} failed, the next in {:.1f} s", attempts, labourer.max_attempts, delay)};
}

}  // namespace sosw
