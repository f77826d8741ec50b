#include "sosw/essentials/orchestrator.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "sosw/essentials/scavenger.h"
#include "sosw/model/invocation_event.h"
#include "sosw/model/task_id.h"

namespace sosw {
namespace {

constexpr std::int64_t kBatch = 1000;
constexpr Seconds kFirstPause = 1;  // after a refusal; doubles with each further one
constexpr Seconds kLongestPause = 60;

bool is_object(const std::string& payload) {
  const auto first = payload.find_first_not_of(" \t\r\n");
  return first != std::string::npos && payload[first] == '{' && Json::accept(payload);
}

}  // namespace

Orchestrator::Orchestrator(const Settings& settings, const Ecology& ecology, TaskStore& tasks, TaskDesk& desk,
                           FunctionInvoker& functions, Scavenger& scavenger, EventLog& events, Clock& clock,
                           Random& random)
    : settings_(settings),
      ecology_(ecology),
      tasks_(tasks),
      desk_(desk),
      functions_(functions),
      scavenger_(scavenger),
      events_(events),
      clock_(clock),
      random_(random) {}

std::map<std::string, Orchestrator::Summary> Orchestrator::run() {
  std::map<std::string, Summary> summaries;
  for (const auto& [id, labourer] : settings_.labourers) {
    try {
      summaries[id] = run(labourer);
    } catch (const std::exception& error) {
      spdlog::error("orchestrating {}: {}", id, error.what());
    }
  }
  return summaries;
}

Orchestrator::Summary Orchestrator::run(const Labourer& labourer) {
  Summary summary;
  const auto controls = desk_.controls();
  const auto control = controls.find(labourer.id);
  summary.allowance = allowance(labourer, control == controls.end() ? LabourerControl{} : control->second,
                                ecology_.condition(labourer), settings_.coefficients);
  if (const auto pace = paces_.find(labourer.id);
      pace != paces_.end() && clock_.now() < pace->second.not_before)
    summary.allowance = {0, "invocations were refused a moment ago"};
  while (summary.allowance.limit > 0 && summary.refused == 0) {
    const std::vector<Task> claimed =
        tasks_.claim({labourer.id, kBatch, summary.allowance.limit, clock_.now(), labourer.lapse(),
                      job_id_from(random_.next())});
    if (claimed.empty()) break;
    dispatch(labourer, bury_unreadable(labourer, claimed), summary);
  }
  return summary;
}

std::vector<Task> Orchestrator::bury_unreadable(const Labourer& labourer, std::vector<Task> claimed) {
  std::erase_if(claimed, [&](const Task& task) {
    if (is_object(task.payload)) return false;
    scavenger_.bury(labourer, task, "its payload is not a JSON object");
    return true;
  });
  return claimed;
}

void Orchestrator::dispatch(const Labourer& labourer, std::vector<Task> claimed, Summary& summary) {
  std::vector<Invocation> invocations;
  invocations.reserve(claimed.size());
  for (const Task& task : claimed)
    invocations.push_back({&labourer, task, invocation_event(task, task.attempts + 1, task.token)});
  const std::vector<Dispatch> dispatches = functions_.invoke(std::move(invocations));

  std::vector<TaskEvent> invoked;
  std::vector<Task> refused;
  std::vector<Outcome> failed;
  std::string problem;
  const Time now = clock_.now();
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    Task& task = claimed[i];
    if (dispatches[i].kind == Dispatch::Kind::refused) {
      problem = dispatches[i].problem;
      refused.push_back(std::move(task));
      continue;
    }
    invoked.push_back({task.task_id, labourer.id, TaskAction::invoked, now, ""});
    if (dispatches[i].kind == Dispatch::Kind::unknown)
      spdlog::warn("task {}: nobody knows whether it was invoked: {}", task.task_id, dispatches[i].problem);
    if (dispatches[i].kind == Dispatch::Kind::failed)
      failed.push_back({.task = std::move(task), .reason = dispatches[i].problem});
  }
  if (!refused.empty()) {
    tasks_.release(refused);
    slow_down(labourer, problem);
  } else {
    paces_.erase(labourer.id);
  }
  events_.record(invoked);
  scavenger_.settle(failed);
  summary.refused += static_cast<std::int64_t>(refused.size());
  summary.failed += static_cast<std::int64_t>(failed.size());
  summary.invoked += static_cast<std::int64_t>(invoked.size() - failed.size());
}

void Orchestrator::slow_down(const Labourer& labourer, const std::string& problem) {
  Pace& pace = paces_[labourer.id];
  pace.delay = std::clamp(pace.delay * 2, kFirstPause, kLongestPause);
  pace.not_before = clock_.now() + pace.delay;
  spdlog::warn("{} refuses invocations, next try in {} s: {}", labourer.id, pace.delay, problem);
}

}  // namespace sosw
