#pragma once

#include "sosw/model/time.h"

namespace sosw {

/// The only way to wait. Safe to share between threads.
class Waiting {
 public:
  virtual ~Waiting() = default;
  virtual void wait(Seconds) = 0;
};

}  // namespace sosw
