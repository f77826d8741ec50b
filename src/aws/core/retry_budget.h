#pragma once

#include <algorithm>

namespace sosw::aws {

/// Limits the retries of a client: each costs tokens, successes return them. When most calls fail, the budget
/// runs out, and failures are returned at once instead of adding load to an overloaded service.
class RetryBudget {
 public:
  static constexpr int kFull = 500;

  /// Takes the tokens for a retry; false when there are too few.
  bool pay(bool throttled) {
    const int cost = throttled ? kThrottledCost : kTransientCost;
    if (tokens_ < cost) return false;
    tokens_ -= cost;
    last_cost_ = cost;
    return true;
  }

  /// A call succeeded, after retries or at once.
  void succeeded(bool after_retry) { tokens_ = std::min(kFull, tokens_ + (after_retry ? last_cost_ : 1)); }

  int tokens() const { return tokens_; }

 private:
  static constexpr int kTransientCost = 14;
  static constexpr int kThrottledCost = 5;
  int tokens_ = kFull;
  int last_cost_ = 1;
};

}  // namespace sosw::aws
