#pragma once

#include <algorithm>

namespace sosw::aws {

/// Bounds the retries of a client: each costs tokens, successes bring them back. When most calls fail, it
/// runs dry, and failures are handed on at once instead of adding load to a service that has enough of it.
class RetryBudget {
 public:
  static constexpr int kFull = 500;

  /// Whether a retry is affordable; then it is paid.
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
