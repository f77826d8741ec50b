#include "system/stop_signals.h"

#include <chrono>
#include <optional>

#include <pthread.h>

namespace sosw {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kEnd = SIGUSR1;  // ends the waiting thread
constexpr std::chrono::milliseconds kSameWish{
    100};  // some send a signal both to the process and to its group

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, kEnd}) sigaddset(&set, signal);
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);  // nohup requests that it be ignored
  return set;
}

}  // namespace

HeldSignals::HeldSignals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  struct sigaction ignoring {};
  ignoring.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignoring, &pipe_before_);
}

HeldSignals::~HeldSignals() {
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

StopSignals::StopSignals(std::function<void()> stop, std::function<void()> kill)
    : thread_([stop = std::move(stop), kill = std::move(kill)] {
        const sigset_t set = stop_signals();
        std::optional<SteadyClock::time_point> stopped;
        for (int signal = 0; sigwait(&set, &signal) == 0 && signal != kEnd;) {
          if (stopped && SteadyClock::now() - *stopped >= kSameWish) {
            kill();
          } else if (!stopped) {
            stopped = SteadyClock::now();
            stop();
          }
        }
      }) {}

StopSignals::~StopSignals() { pthread_kill(thread_.native_handle(), kEnd); }

}  // namespace sosw
