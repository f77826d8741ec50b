#pragma once

#include "sosw/model/time.h"

namespace sosw {

/// How long a task waits before its next attempt (SPEC 9).
struct RetryPolicy {
  enum class Kind { exponential, linear };
  Kind kind = Kind::exponential;
  Seconds base = 10;    ///< exponential: the delay after the first failed attempt
  double factor = 2;    ///< exponential: growth from one attempt to the next, at least 1
  Seconds max = 900;    ///< exponential: no delay is longer
  double jitter = 0.1;  ///< exponential: share of the delay, 0 to 1, by which it varies up or down
};

/// The delay after `attempts` attempts (1, 2, ...). exponential: base x factor^(attempts-1); linear, the
/// Python system's rule: max_duration x attempts, without jitter. `chance` is a random number in [0, 1).
Seconds retry_delay(const RetryPolicy&, int attempts, Seconds max_duration, double chance);

}  // namespace sosw
