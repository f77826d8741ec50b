#pragma once

#include "sosw/ports/random.h"

namespace sosw {

/// Unpredictable random numbers. Safe to share between threads.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

}  // namespace sosw
