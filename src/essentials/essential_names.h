#pragma once

#include <string>

namespace sosw {

/// The names of the essentials, as in installations on AWS.
struct EssentialNames {
  std::string scheduler = "sosw_scheduler";
  std::string worker_assistant = "sosw_worker_assistant";
  std::string orchestrator = "sosw_orchestrator";
  std::string scavenger = "sosw_scavenger";
};

}  // namespace sosw
