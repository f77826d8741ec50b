#include "system/system_random.h"

#include <random>

namespace sosw {

std::uint64_t SystemRandom::next() {
  thread_local std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

}  // namespace sosw
