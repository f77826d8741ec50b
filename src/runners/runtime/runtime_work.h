#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runners/runtime/runtime_functions.h"

namespace sosw {

/// One invocation by a warm process.
struct RuntimeWork {
  using Clock = std::chrono::steady_clock;

  /// `number` distinguishes all invocations of this process.
  RuntimeWork(Invocation, std::uint64_t number, const RuntimeOptions&);

  /// Returns its outcome, and moves its contents there.
  Outcome succeeded(std::string result) &&;
  Outcome failed(std::string reason, bool interrupted = false) &&;

  /// Called when a worker gets it: sets `deadline`. Extends it by the time waited, but not beyond when others
  /// consider the task lost.
  void begin(Clock::time_point now);

  Task task;
  std::string event;
  std::string arn;
  std::string client_context;
  std::string request_id;  ///< a UUID that begins like the task id
  Seconds duration;
  Seconds cooldown;
  Clock::time_point accepted = Clock::now();
  Clock::time_point began = accepted;
  Clock::time_point deadline = accepted + std::chrono::hours(24 * 365);  ///< before begin(): none
};

std::chrono::steady_clock::duration to_duration(Seconds);

}  // namespace sosw
