#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace sosw {

/// One attempt at a task, for a function of this program.
struct TaskAttempt {
  std::string task_id;
  std::string payload;  ///< JSON object: what was submitted, without white space
  int number = 1;       ///< 1, 2, ... up to the labourer's max_attempts

  /// When the labourer's duration is over. Nothing interrupts a function that takes longer; when its cooldown
  /// is over too, it is taken for lost, and its task is tried again beside it.
  std::chrono::steady_clock::time_point deadline;

  /// A stop is requested when the grace of JobQueue::stop() is over: what throws then is tried again later.
  std::stop_token stop;
};

/// Does the work of one attempt. Returns the result: JSON, or empty. An exception fails the attempt; its
/// what() is the reason. Called by several threads at once, as many as the labourer may run.
using TaskFunction = std::function<std::string(const TaskAttempt&)>;

}  // namespace sosw
