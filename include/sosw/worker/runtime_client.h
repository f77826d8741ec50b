#pragma once

#include <functional>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// One invocation of a function, as the Lambda Runtime API delivers it.
struct WorkerEvent {
  std::string json;        ///< the event
  std::string request_id;  ///< of this attempt
  std::string function_arn;
  std::string client_context;  ///< JSON, or empty
  Time deadline;               ///< the process is killed then
};

/// Returns the result, JSON or empty. An exception fails the task and is reported with its type.
using WorkerFunction = std::function<std::string(const WorkerEvent&)>;

/// The main function of a worker program, on AWS Lambda (provided.al2023) and behind a labourer's
/// `bootstrap`: receives and answers events, one after the other, until the Runtime API is gone. Returns the
/// exit code.
///
///     int main() {
///       return sosw::run_worker([](const sosw::WorkerEvent& event) { return resize(event.json); });
///     }
int run_worker(const WorkerFunction&);

}  // namespace sosw
