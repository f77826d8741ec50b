#include "essentials/orchestrator.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/task_id.h"

#include "essentials/scavenger.h"
#include "model/invocation_event.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::int64_t kBatch = 2000;
constexpr Seconds kFirstPause = 1;  // after a refusal; doubles with each further one
constexpr Seconds kLongestPause = 60;
constexpr Seconds kBorne = 300;        // before an alarm that a labourer refuses
constexpr Seconds kAlarmEvery = 3600;  // and then while it continues
constexpr auto kRefusalSubject = "``sosw`` Refused Invocations";

/// This process does not see its end.
bool is_on_aws(const Labourer& labourer) { return labourer.remote && !labourer.arn.empty(); }

}  // namespace

Orchestrator::Orchestrator(const Parts& parts) : parts_(parts) {}

std::map<std::string, Orchestrator::Summary> Orchestrator::run() {
  std::map<std::string, Summary> summaries;
  Round round;
  for (const auto& [id, labourer] : parts_.settings.labourers) {
    try {
      summaries[id] = run(labourer, round);
    } catch (const std::exception& error) {
      spdlog::error("orchestrating {}: {}", id, error.what());
    }
  }
  parts_.alarm.send();
  return summaries;
}

Orchestrator::Summary Orchestrator::run(const Labourer& labourer, Round& round) {
  settle_not_started(labourer);
  Summary summary;
  summary.allowance = allowance_now(labourer, round);
  const std::int64_t limit = summary.allowance.limit;
  while (summary.refused == 0) {
    const std::int64_t free = parts_.in_flight ? limit - parts_.in_flight->count(labourer.id) : limit;
    const std::int64_t room = parts_.functions.room(labourer);
    summary.lacks_room = free > 0 && room < free;
    if (free <= 0 || room <= 0) break;
    std::vector<Task> claimed =
        parts_.tasks.claim({labourer.id, std::min({kBatch, free, room}), limit, parts_.clock.now(),
                            labourer.attempt_timeout(), job_id_from(parts_.random.next())});
    if (claimed.empty()) {
      summary.lacks_room = false;
      break;
    }
    const auto unreadable = std::stable_partition(
        claimed.begin(), claimed.end(), [](const Task& task) { return is_json_object(task.payload); });
    const std::vector<Task> lost(unreadable, claimed.end());
    claimed.erase(unreadable, claimed.end());
    if (!claimed.empty()) dispatch(labourer, claimed, summary);
    parts_.scavenger.close_as_dead(labourer, lost, "its payload is not a JSON object");
  }
  return summary;
}

Allowance Orchestrator::allowance_now(const Labourer& labourer, Round& round) {
  if (!round.controls) round.controls = parts_.admin.controls();
  const auto found = round.controls->find(labourer.id);
  const LabourerControl control = found == round.controls->end() ? LabourerControl{} : found->second;
  const Allowance allowed =
      allowance(labourer, control, parts_.ecology.condition(labourer), parts_.settings.coefficients);
  const auto backoff = backoffs_.find(labourer.id);
  const bool waits = backoff != backoffs_.end() && parts_.clock.now() < backoff->second.not_before;
  const std::int64_t taken =
      parts_.taken_slots(labourer, control.limit.value_or(labourer.max_simultaneous_invocations));
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
  const std::vector<Dispatch> dispatches = parts_.functions.invoke(std::move(invocations));

  std::vector<TaskEvent> invoked;
  auto& [refused, failed] = not_started_[labourer.id];
  std::string problem;
  const Time now = parts_.clock.now();
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const Task& task = claimed[i];
    if (dispatches[i].kind == Dispatch::Kind::refused) {
      problem = dispatches[i].problem;
      refused.push_back(task);
      continue;
    }
    invoked.push_back({task.task_id, labourer.id, TaskAction::invoked, now, ""});
    if (dispatches[i].kind == Dispatch::Kind::accepted && parts_.in_flight && !is_on_aws(labourer))
      parts_.in_flight->begin(task, now);
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
  else if (!labourer.remote)
    backoffs_.erase(labourer.id);
  parts_.events.record(invoked);
  settle_not_started(labourer);
}

void Orchestrator::take_back(std::span<const Outcome> refused) {
  std::map<std::string, std::string> problems;
  for (const Outcome& outcome : refused) {
    not_started_[outcome.task.labourer_id].refused.push_back(outcome.task);
    problems[outcome.task.labourer_id] = outcome.reason;
  }
  for (const auto& [id, problem] : problems) {
    const Labourer& labourer = parts_.settings.labourers.at(id);
    slow_down(labourer, problem);
    settle_not_started(labourer);
  }
}

void Orchestrator::settle_not_started(const Labourer& labourer) {
  const auto found = not_started_.find(labourer.id);
  if (found == not_started_.end()) return;
  auto& [refused, failed] = found->second;
  if (!refused.empty()) parts_.tasks.release(refused);
  refused.clear();
  if (!failed.empty()) parts_.scavenger.settle(failed);
  not_started_.erase(found);
}

std::map<std::string, std::string> Orchestrator::refusals() const {
  constexpr Seconds until_tried_again = 1;
  std::map<std::string, std::string> problems;
  for (const auto& [id, backoff] : backoffs_)
    if (parts_.clock.now() < backoff.not_before + until_tried_again) problems.emplace(id, backoff.problem);
  return problems;
}

void Orchestrator::slow_down(const Labourer& labourer, const std::string& problem) {
  const Time now = parts_.clock.now();
  Backoff& backoff = backoffs_[labourer.id];
  if (now > backoff.not_before + kLongestPause)
    backoff = {.alarm_at = now + kBorne};  // the last one is long ago
  backoff.delay = std::clamp(backoff.delay * 2, kFirstPause, kLongestPause);
  backoff.not_before = now + backoff.delay;
  backoff.problem = problem;
  spdlog::warn("{} refuses invocations, next try in {} s: {}", labourer.id, backoff.delay, problem);
  if (now < backoff.alarm_at) return;
  backoff.alarm_at = now + kAlarmEvery;
  parts_.alarm.raise(kRefusalSubject,
                     fmt::format("{} has refused invocations for more than {} minutes; its tasks wait, "
                                 "and are tried each minute: {}",
                                 labourer.id, kBorne / 60, problem));
}

}  // namespace sosw
