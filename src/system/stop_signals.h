#pragma once

#include <functional>
#include <thread>

#include <signal.h>

namespace sosw {

/// Blocks SIGINT, SIGTERM and SIGHUP for this thread and all that it starts from now on. Signals received
/// meanwhile take effect at the end. Until then, writing to a closed pipe is an error, and does not kill the
/// process (SIGPIPE).
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_{};
  struct sigaction pipe_before_ {};
};

/// Calls `stop` at the first blocked signal and `kill` at each that comes more than a tenth of a second
/// later, on its own thread.
class StopSignals {
 public:
  StopSignals(std::function<void()> stop, std::function<void()> kill);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace sosw
