#pragma once

#include <map>
#include <string>

#include "api/local_functions.h"
#include "engine/engine.h"
#include "essentials/essential_names.h"
#include "essentials/worker_assistant.h"

namespace sosw {

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
