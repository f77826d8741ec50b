#pragma once

#include <string>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// How an invocation ended, as seen by the runner of the worker.
struct Outcome {
  Task task;  ///< as it was invoked
  bool succeeded = false;
  std::string result;  ///< JSON, or empty
  std::string stats;   ///< the worker's statistics, also of one that failed: a JSON object, or empty
  std::string reason;  ///< why it failed, in one line
  std::string error;   ///< as AWS Lambda returns it: {"errorType", "errorMessage", ...}; may be empty
  Seconds took = 0;
  bool interrupted = false;  ///< the engine stopped; the worker did not end by itself
  bool refused = false;      ///< it surely did not run, because of `reason`: the attempt does not count
  std::string log;  ///< the last lines that the worker wrote, at most 4 KiB; empty where not captured
};

}  // namespace sosw
