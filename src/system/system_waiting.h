#pragma once

#include "sosw/ports/waiting.h"

namespace sosw {

/// Waits in real time.
class SystemWaiting final : public Waiting {
 public:
  void wait(Seconds) override;
};

}  // namespace sosw
