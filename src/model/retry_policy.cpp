#include "sosw/model/retry_policy.h"

#include <algorithm>
#include <cmath>

namespace sosw {

Seconds retry_delay(const RetryPolicy& policy, int attempts, Seconds max_duration, double chance) {
  const int made = std::max(attempts, 1);
  if (policy.kind == RetryPolicy::Kind::linear) return max_duration * made;
  if (policy.base == 0) return 0;  // also when the growth overflows
  const Seconds delay = std::min(policy.max, policy.base * std::pow(policy.factor, made - 1));
  return std::min(policy.max, delay * (1 + policy.jitter * (2 * chance - 1)));
}

}  // namespace sosw
