#include "system/system_waiting.h"

#include <chrono>
#include <thread>

namespace sosw {

void SystemWaiting::wait(Seconds seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace sosw
