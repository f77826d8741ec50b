#pragma once

#include <string>

namespace sosw {

/// What the essentials are called; the names that installations on AWS use.
struct EssentialNames {
  std::string scheduler = "sosw_scheduler";
  std::string worker_assistant = "sosw_worker_assistant";
  std::string orchestrator = "sosw_orchestrator";
  std::string scavenger = "sosw_scavenger";
};

}  // namespace sosw
