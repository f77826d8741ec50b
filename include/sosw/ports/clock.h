#pragma once

#include "sosw/model/time.h"

namespace sosw {

/// The only way to learn what time it is. Safe to share between threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() = 0;
};

}  // namespace sosw
