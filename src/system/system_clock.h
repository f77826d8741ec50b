#pragma once

#include "sosw/ports/clock.h"

namespace sosw {

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Time now() override;
  MonotonicTime monotonic() override;
};

}  // namespace sosw
