#pragma once

#include "sosw/ports/waiting.h"

namespace sosw {

/// Really waits.
class SystemWaiting final : public Waiting {
 public:
  void wait(Seconds) override;
};

}  // namespace sosw
