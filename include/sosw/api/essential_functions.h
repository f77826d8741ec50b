#pragma once

#include <map>
#include <string>

#include "sosw/api/local_functions.h"
#include "sosw/engine/engine.h"
#include "sosw/essentials/worker_assistant.h"

namespace sosw {

/// The essentials as functions that AWS clients can call, under the names that installations on AWS use.
/// Meant for the engine's thread.
///
/// | function | event | answers |
/// |---|---|---|
/// | sosw_scheduler | a job, see Scheduler::accept | {"jobs": [{"job_id", "labourer_id"}]} |
/// | sosw_worker_assistant | a report, see WorkerAssistant::handle | {"outcome": "recorded" or why nothing
/// changed} | | sosw_orchestrator | anything | {labourer: {"limit", "because", "invoked", "refused"}} | |
/// sosw_scavenger | anything | {labourer: {"archived", "retrying", "dead", "requeued"}} |
std::map<std::string, LocalFunctions::Essential> essential_functions(Engine&, WorkerAssistant&);

}  // namespace sosw
