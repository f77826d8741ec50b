#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace sosw {

/// One attempt of a task, for a function of this program.
struct TaskAttempt {
  std::string task_id;
  std::string payload;  ///< JSON object: the submitted payload, without white space
  int number = 1;       ///< 1, 2, ... up to the labourer's max_attempts

  /// When the labourer's duration is over. Nothing interrupts a function that takes longer; when its cooldown
  /// is over too, its attempt counts as lost, and the task is retried while the function still runs.
  std::chrono::steady_clock::time_point deadline;

  /// Requested when the grace of JobQueue::stop() is over: an attempt that throws then is retried later.
  std::stop_token stop;
};

/// Does the work of one attempt. Returns the result: JSON, or empty. An exception fails the attempt, with its
/// what() as the reason. Called by several threads at once, up to the labourer's limit.
using TaskFunction = std::function<std::string(const TaskAttempt&)>;

}  // namespace sosw
