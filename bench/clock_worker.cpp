// A worker whose result is the time at which it got its event: {"started": Unix seconds}.

#include <chrono>

#include <fmt/format.h>

#include "sosw/worker/runtime_client.h"

int main() {
  return sosw::run_worker([](const sosw::WorkerEvent&) {
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    return fmt::format(R"({{"started": {:.6f}}})", now.count());
  });
}
