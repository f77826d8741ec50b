#include "api/essential_functions.h"

#include <array>

#include "text/json.h"

namespace sosw {
namespace {

std::string schedule(Engine& engine, const FunctionCall& call) {
  Json jobs = Json::array();
  for (const Job& job : engine.scheduler().accept(call.event, call.repeat_id))
    jobs.push_back({{"job_id", job.job_id}, {"labourer_id", job.labourer_id}});
  return Json{{"jobs", jobs}}.dump();
}

std::string assist(WorkerAssistant& assistant, std::string_view event) {
  constexpr std::array<std::string_view, 5> outcomes = {"recorded", "repeated", "stale", "closed", "unknown"};
  const ReportOutcome outcome = assistant.handle(event);
  return Json{{"outcome", outcomes[static_cast<std::size_t>(outcome)]}}.dump();
}

std::string orchestrate(Engine& engine) {
  Json labourers = Json::object();
  for (const auto& [id, summary] : engine.orchestrator().run())
    labourers[id] = {{"limit", summary.allowance.limit},
                     {"because", summary.allowance.reason},
                     {"invoked", summary.invoked},
                     {"refused", summary.refused}};
  return labourers.dump();
}

std::string scavenge(Engine& engine) {
  Json labourers = Json::object();
  for (const auto& [id, summary] : engine.scavenger().run())
    labourers[id] = {{"archived", summary.archived},
                     {"retrying", summary.retried},
                     {"dead", summary.dead},
                     {"requeued", summary.requeued}};
  return labourers.dump();
}

}  // namespace

std::map<std::string, LocalFunctions::Essential> essential_functions(Engine& engine,
                                                                     WorkerAssistant& assistant,
                                                                     const EssentialNames& names) {
  return {{names.scheduler, [&](const FunctionCall& call) { return schedule(engine, call); }},
          {names.worker_assistant, [&](const FunctionCall& call) { return assist(assistant, call.event); }},
          {names.orchestrator, [&](const FunctionCall&) { return orchestrate(engine); }},
          {names.scavenger, [&](const FunctionCall&) { return scavenge(engine); }}};
}

}  // namespace sosw
