#include "system/system_clock.h"

#include <chrono>
#include <ctime>

namespace sosw {

Time SystemClock::now() {
  return Time(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
}

/// Not std::chrono::steady_clock, which stops while the machine sleeps: leases and work of other machines
/// expire meanwhile.
MonotonicTime SystemClock::monotonic() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return MonotonicTime(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9);
}

}  // namespace sosw
