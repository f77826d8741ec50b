#include "sosw/api/essential_functions.h"

#include <array>

#include "sosw/essentials/json.h"

namespace sosw {
namespace {

std::string schedule(Engine& engine, std::string_view event) {
  Json jobs = Json::array();
  for (const Job& job : engine.scheduler().accept(event))
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
                     {"because", summary.allowance.because},
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
  return {{names.scheduler, [&](std::string_view event) { return schedule(engine, event); }},
          {names.worker_assistant, [&](std::string_view event) { return assist(assistant, event); }},
          {names.orchestrator, [&](std::string_view) { return orchestrate(engine); }},
          {names.scavenger, [&](std::string_view) { return scavenge(engine); }}};
}

}  // namespace sosw
