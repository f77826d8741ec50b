#pragma once

#include <functional>
#include <thread>

#include <signal.h>

namespace sosw {

/// Keeps Ctrl-C, SIGTERM and the terminal's end waiting for this thread and all that it starts from now on.
/// Signals that came meanwhile take effect at the end. Until then, writing where nobody reads any more is an
/// error, and not the end of the process (SIGPIPE).
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

/// Calls `stop` at the first held signal and `kill` at each that comes more than a tenth of a second later,
/// from a thread of its own.
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
