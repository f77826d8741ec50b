#pragma once

#include <map>
#include <string>

#include "sosw/api/local_functions.h"
#include "sosw/engine/engine.h"
#include "sosw/essentials/worker_assistant.h"

namespace sosw {

/// What the essentials are called; the names that installations on AWS use.
struct EssentialNames {
  std::string scheduler = "sosw_scheduler";
  std::string worker_assistant = "sosw_worker_assistant";
  std::string orchestrator = "sosw_orchestrator";
  std::string scavenger = "sosw_scavenger";
};

/// The essentials as functions that AWS clients can call. Meant for the engine's thread.
///
/// The scheduler takes a job, see Scheduler::accept, and answers {"jobs": [{"job_id", "labourer_id"}]}; a
/// call that its client repeats makes no second one, even when another engine took the first. The Worker
/// Assistant takes a report, see WorkerAssistant::handle: {"outcome": "recorded"}, or why nothing changed.
/// The orchestrator and the scavenger take anything, and answer {labourer: {"limit", "because", "invoked",
/// "refused"}} and {labourer: {"archived", "retrying", "dead", "requeued"}}.
std::map<std::string, LocalFunctions::Essential> essential_functions(Engine&, WorkerAssistant&,
                                                                     const EssentialNames& = {});

}  // namespace sosw
