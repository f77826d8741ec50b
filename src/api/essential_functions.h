#pragma once

#include <map>
#include <string>

#include "api/local_functions.h"
#include "engine/engine.h"
#include "essentials/essential_names.h"
#include "essentials/worker_assistant.h"

namespace sosw {

/// The essentials as functions that AWS clients can call. For the engine's thread.
///
/// The scheduler takes a job, see Scheduler::accept, and answers {"jobs": [{"job_id", "labourer_id"}]}; a
/// call repeated by its client makes no second job, even when another engine took the first call. The Worker
/// Assistant takes a report, see WorkerAssistant::handle: {"outcome": "recorded"}, or why nothing changed.
/// The orchestrator and the scavenger take anything, and answer {labourer: {"limit", "because", "invoked",
/// "refused"}} and {labourer: {"archived", "retrying", "dead", "requeued"}}.
std::map<std::string, LocalFunctions::Essential> essential_functions(Engine&, WorkerAssistant&,
                                                                     const EssentialNames& = {});

}  // namespace sosw
