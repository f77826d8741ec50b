#pragma once

#include <cstdint>
#include <string>

#include "sosw/model/labourer.h"
#include "sosw/model/time.h"

namespace sosw {

/// How many tasks of a labourer may run at once now, and why not more.
struct Allowance {
  std::int64_t limit = 0;  ///< floor(maximum x coefficient of the health); 0 while paused
  std::string
      reason;  ///< for people: "paused", "orders_db feels Poor (value 93)", "max_simultaneous_invocations"
};

/// The worst of a labourer's metrics, and which one that is.
struct Condition {
  Health health = Health::high;
  std::string reason;  ///< empty while the health is high
};
Allowance allowance(const Labourer&, const LabourerControl&, const Condition&, const Coefficients&);

/// The fate of a task whose attempt failed or timed out.
struct RetryDecision {
  bool dead = false;
  Time due;  ///< of the next attempt, unless dead
  std::string reason;
};

/// `attempts` were made. `chance` is a random number in [0, 1), for the jitter of the delay.
RetryDecision after_failure(const Labourer&, int attempts, Time now, double chance);

}  // namespace sosw
