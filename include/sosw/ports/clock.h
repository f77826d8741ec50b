#pragma once

#include "sosw/model/time.h"

namespace sosw {

/// The only source of the current time. Safe to share between threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() = 0;

  /// For elapsed time: never goes back or jumps when the clock is set, and counts the time that the machine
  /// sleeps. It means nothing to other machines, nor to this one after a restart: never store it.
  virtual MonotonicTime monotonic() = 0;
};

}  // namespace sosw
