#include "system/system_clock.h"

#include <chrono>

namespace sosw {

Time SystemClock::now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace sosw
