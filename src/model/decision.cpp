#include "sosw/model/decision.h"

#include <cmath>

#include <fmt/format.h>

namespace sosw {

Allowance allowance(const Labourer& labourer, const LabourerControl& control, const Condition& condition,
                    const Coefficients& coefficients) {
  if (control.paused) return {0, "paused"};
  const int maximum = control.limit.value_or(labourer.max_simultaneous_invocations);
  const double coefficient = coefficients[static_cast<std::size_t>(condition.health)];
  const auto limit = static_cast<std::int64_t>(std::floor(maximum * coefficient));
  if (limit < maximum) return {limit, condition.because};
  return {limit, control.limit ? "the limit that was set" : "max_simultaneous_invocations"};
}

Verdict after_failure(const Labourer& labourer, int attempts, Time now, double chance) {
  if (attempts >= labourer.max_attempts)
    return {true, 0, fmt::format("attempt {} of {} failed", attempts, labourer.max_attempts)};
  const Seconds delay = retry_delay(labourer.retry, attempts, labourer.duration, chance);
  return {
      false, now + delay,
      fmt::format("attempt {} of {} failed, the next in {:.1f} s", attempts, labourer.max_attempts, delay)};
}

}  // namespace sosw
