#pragma once

#include <functional>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// One call of a function, as the Lambda Runtime API hands it over.
struct WorkerEvent {
  std::string json;        ///< the event
  std::string request_id;  ///< of this attempt
  std::string function_arn;
  std::string client_context;  ///< JSON, or empty
  Time deadline;               ///< the process is killed then
};

/// Returns the result, JSON or empty. An exception fails the task: what() and the exception's type are told.
using WorkerFunction = std::function<std::string(const WorkerEvent&)>;

/// The main of a worker program, on AWS Lambda (provided.al2023) and behind a labourer's `bootstrap`: asks
/// for events and answers them, one after the other, until there is nobody to ask any more. Returns the exit
/// code.
///
///     int main() {
///       return sosw::run_worker([](const sosw::WorkerEvent& event) { return resize(event.json); });
///     }
int run_worker(const WorkerFunction&);

}  // namespace sosw
