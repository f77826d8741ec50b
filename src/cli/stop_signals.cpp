#include "cli/stop_signals.h"

#include <pthread.h>

namespace sosw {
namespace {

constexpr int kEnd = SIGUSR1;  // ends the waiting thread

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, kEnd}) sigaddset(&set, signal);
  return set;
}

}  // namespace

HeldSignals::HeldSignals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

StopSignals::StopSignals(std::function<void()> stop, std::function<void()> kill)
    : thread_([stop = std::move(stop), kill = std::move(kill)] {
        const sigset_t set = stop_signals();
        bool stopping = false;
        for (int signal = 0; sigwait(&set, &signal) == 0 && signal != kEnd; stopping = true)
          stopping ? kill() : stop();
      }) {}

StopSignals::~StopSignals() { pthread_kill(thread_.native_handle(), kEnd); }

}  // namespace sosw
