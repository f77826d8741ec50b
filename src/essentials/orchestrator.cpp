#include "essentials/orchestrator.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/task_id.h"

#include "essentials/scavenger.h"
#include "model/invocation_event.h"
#include "text/json_check.h"

namespace sosw {
namespace {

constexpr std::int64_t kBatch = 2000;
constexpr Seconds kFirstPause = 1;  // after a refusal; doubles with each further one
constexpr Seconds kLongestPause = 60;
constexpr Seconds kBorne = 300;        // before people hear that a labourer refuses
constexpr Seconds kAlarmEvery = 3600;  // and then as long as it does
constexpr auto kRefusalSubject = "``sosw`` Refused Invocations";

/// Its end is seen by nobody here.
bool is_on_aws(const Labourer& labourer) { return labourer.elsewhere && !labourer.arn.empty(); }

}  // namespace

Orchestrator::Orchestrator(const Settings& settings, const Ecology& ecology, TaskStore& tasks, TaskDesk& desk,
                           FunctionInvoker& functions, Scavenger& scavenger, EventLog& events, Alarm& alarm,
                           Clock& clock, Random& random)
    : settings_(settings),
      ecology_(ecology),
      tasks_(tasks),
      desk_(desk),
      functions_(functions),
      scavenger_(scavenger),
      events_(events),
      alarm_(alarm),
      clock_(clock),
      random_(random) {}

std::map<std::string, Orchestrator::Summary> Orchestrator::run() {
  std::map<std::string, Summary> summaries;
  Round round;
  for (const auto& [id, labourer] : settings_.labourers) {
    try {
      summaries[id] = run(labourer, round);
    } catch (const std::exception& error) {
      spdlog::error("orchestrating {}: {}", id, error.what());
    }
  }
  alarm_.send();
  return summaries;
}

Orchestrator::Summary Orchestrator::run(const Labourer& labourer, Round& round) {
  settle_not_started(labourer);
  Summary summary;
  summary.allowance = allowance_now(labourer, round);
  const std::int64_t limit = summary.allowance.limit;
  while (summary.refused == 0) {
    const std::int64_t free = under_way_ ? limit - under_way_->count(labourer.id) : limit;
    if (free <= 0) break;
    std::vector<Task> claimed = tasks_.claim({labourer.id, std::min(kBatch, free), limit, clock_.now(),
                                              labourer.lapse(), job_id_from(random_.next())});
    if (claimed.empty()) break;
    const auto unreadable = std::stable_partition(
        claimed.begin(), claimed.end(), [](const Task& task) { return is_json_object(task.payload); });
    const std::vector<Task> lost(unreadable, claimed.end());
    claimed.erase(unreadable, claimed.end());
    if (!claimed.empty()) dispatch(labourer, claimed, summary);
    scavenger_.bury(labourer, lost, "its payload is not a JSON object");
  }
  return summary;
}

Allowance Orchestrator::allowance_now(const Labourer& labourer, Round& round) {
  if (!round.controls) round.controls = desk_.controls();
  const auto found = round.controls->find(labourer.id);
  const LabourerControl control = found == round.controls->end() ? LabourerControl{} : found->second;
  const Allowance allowed =
      allowance(labourer, control, ecology_.condition(labourer), settings_.coefficients);
  const auto pace = paces_.find(labourer.id);
  const bool waits = pace != paces_.end() && clock_.now() < pace->second.not_before;
  const std::int64_t taken = taken_(labourer, control.limit.value_or(labourer.max_simultaneous_invocations));
  if (allowed.limit <= 0) return allowed;
  if (waits) return {0, "invocations were refused a moment ago"};
  if (taken == 0) return allowed;
  return {std::max<std::int64_t>(allowed.limit - taken, 0), fmt::format("{} calls have places, too", taken)};
}

void Orchestrator::dispatch(const Labourer& labourer, const std::vector<Task>& claimed, Summary& summary) {
  std::vector<Invocation> invocations;
  invocations.reserve(claimed.size());
  for (const Task& task : claimed)
    invocations.push_back({&labourer, task, invocation_event(task, task.attempts + 1, task.token)});
  const std::vector<Dispatch> dispatches = functions_.invoke(std::move(invocations));

  std::vector<TaskEvent> invoked;
  auto& [refused, failed] = not_started_[labourer.id];
  std::string problem;
  const Time now = clock_.now();
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const Task& task = claimed[i];
    if (dispatches[i].kind == Dispatch::Kind::refused) {
      problem = dispatches[i].problem;
      refused.push_back(task);
      continue;
    }
    invoked.push_back({task.task_id, labourer.id, TaskAction::invoked, now, ""});
    if (dispatches[i].kind == Dispatch::Kind::accepted && under_way_ && !is_on_aws(labourer))
      under_way_->begin(task, now);
    if (dispatches[i].kind == Dispatch::Kind::unknown)
      spdlog::warn("task {}: nobody knows whether it was invoked: {}", task.task_id, dispatches[i].problem);
    if (dispatches[i].kind == Dispatch::Kind::failed)
      failed.push_back({.task = task, .reason = dispatches[i].problem});
  }
  summary.refused += static_cast<std::int64_t>(refused.size());
  summary.failed += static_cast<std::int64_t>(failed.size());
  summary.invoked += static_cast<std::int64_t>(invoked.size() - failed.size());
  if (!refused.empty())
    slow_down(labourer, problem);
  else if (!labourer.elsewhere)
    paces_.erase(labourer.id);
  events_.record(invoked);
  settle_not_started(labourer);
}

void Orchestrator::take_back(std::span<const Outcome> refused) {
  std::map<std::string, std::string> problems;
  for (const Outcome& outcome : refused) {
    not_started_[outcome.task.labourer_id].refused.push_back(outcome.task);
    problems[outcome.task.labourer_id] = outcome.reason;
  }
  for (const auto& [id, problem] : problems) {
    const Labourer& labourer = settings_.labourers.at(id);
    slow_down(labourer, problem);
    settle_not_started(labourer);
  }
}

void Orchestrator::settle_not_started(const Labourer& labourer) {
  const auto found = not_started_.find(labourer.id);
  if (found == not_started_.end()) return;
  auto& [refused, failed] = found->second;
  if (!refused.empty()) tasks_.release(refused);
  refused.clear();
  if (!failed.empty()) scavenger_.settle(failed);
  not_started_.erase(found);
}

void Orchestrator::slow_down(const Labourer& labourer, const std::string& problem) {
  const Time now = clock_.now();
  Pace& pace = paces_[labourer.id];
  if (now > pace.not_before + kLongestPause) pace = {.alarm_at = now + kBorne};  // the last one is long ago
  pace.delay = std::clamp(pace.delay * 2, kFirstPause, kLongestPause);
  pace.not_before = now + pace.delay;
  spdlog::warn("{} refuses invocations, next try in {} s: {}", labourer.id, pace.delay, problem);
  if (now < pace.alarm_at) return;
  pace.alarm_at = now + kAlarmEvery;
  alarm_.raise(kRefusalSubject,
               fmt::format("{} has refused invocations for more than {} minutes; its tasks wait, "
                           "and are tried each minute: {}",
                           labourer.id, kBorne / 60, problem));
}

}  // namespace sosw
