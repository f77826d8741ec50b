#include "essentials/scavenger.h"

#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/greenfield.h"

#include "model/decision.h"
#include "text/json.h"

namespace sosw {
namespace {

constexpr std::size_t kScavengedAtOnce = 1000;
constexpr auto kDeadSubject = "``sosw`` Dead Task";  // matched by existing mail filters (SPEC 9)

/// A reason may quote a worker's output, which may not be valid UTF-8.
std::string details_of(const std::string& reason, const std::string& log = "") {
  Json details = Json::object();
  if (!reason.empty()) details["reason"] = reason;
  if (!log.empty()) details["log"] = log;
  return details.empty() ? "" : details.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TaskAction action_of(Settlement::To to) {
  switch (to) {
    case Settlement::To::completed:
      return TaskAction::archived;
    case Settlement::To::dead:
      return TaskAction::archived_dead;
    case Settlement::To::retry:
      return TaskAction::scheduled_for_retry;
  }
  return TaskAction::archived;
}

Settlement::Seen seen_running(const Task& claimed) {
  return {invoked_greenfield(claimed.invoked_at.value_or(Time())), claimed.token};
}

/// The stored form of a result: an object as it is, another value under "value" (SPEC 13.21).
std::string kept_of(const std::string& result) {
  return result.empty() || result.front() == '{' ? result : "{\"value\": " + result + "}";
}

}  // namespace

Scavenger::Scavenger(const Settings& settings, TaskStore& tasks, EventLog& events, Alarm& alarm, Clock& clock,
                     Random& random, const InFlight* in_flight)
    : settings_(settings),
      tasks_(tasks),
      events_(events),
      alarm_(alarm),
      clock_(clock),
      random_(random),
      in_flight_(in_flight) {}

std::map<std::string, Scavenger::Summary> Scavenger::run() {
  std::map<std::string, Summary> summaries;
  for (const auto& [id, labourer] : settings_.labourers) {
    try {
      summaries[id] = run(labourer);
    } catch (const std::exception& error) {
      spdlog::error("scavenging {}: {}", id, error.what());
    }
  }
  alarm_.send();
  return summaries;
}

Scavenger::Summary Scavenger::run(const Labourer& labourer) {
  Summary summary;
  archive_completed(labourer, summary);
  settle_expired(labourer, labourer.attempt_timeout(),
                 fmt::format("not heard of for {} s", labourer.attempt_timeout()), summary);
  summary.requeued = requeue(labourer);
  return summary;
}

std::int64_t Scavenger::requeue(const Labourer& labourer) {
  std::int64_t requeued = 0;
  for (;;) {
    const Time now = clock_.now();
    const std::vector<Task> due = tasks_.requeue_due(labourer.id, now, kScavengedAtOnce);
    std::vector<TaskEvent> ready;
    ready.reserve(due.size());
    for (const Task& task : due)
      ready.push_back({task.task_id, labourer.id, TaskAction::ready_for_retry, now, ""});
    events_.record(ready);
    requeued += static_cast<std::int64_t>(due.size());
    if (due.size() < kScavengedAtOnce) return requeued;
  }
}

Scavenger::Summary Scavenger::settle(std::span<const Outcome> outcomes) {
  Summary summary;
  std::vector<Departure> departures;
  std::vector<const Outcome*> ended;  // of each departure
  departures.reserve(outcomes.size());
  ended.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    const auto labourer = settings_.labourers.find(outcome.task.labourer_id);
    if (outcome.succeeded)
      departures.push_back(after_success(outcome, seen_running(outcome.task)));
    else if (labourer != settings_.labourers.end())
      departures.push_back(
          seen_to_end(outcome, after_failed(labourer->second, outcome.task.task_id, outcome.task.attempts + 1,
                                            seen_running(outcome.task), outcome.reason)));
    else
      continue;
    ended.push_back(&outcome);
  }
  const std::vector<bool> moved = carry_out(departures, summary);
  std::vector<const Outcome*> moved_on;
  for (std::size_t i = 0; i < ended.size(); ++i)
    if (!moved[i] && ended[i]->succeeded) moved_on.push_back(ended[i]);
  settle_moved_on(moved_on, summary);
  return summary;
}

/// Successes of tasks that have changed since their invocation: their workers reported a failure, they were
/// given up meanwhile, or they are closed.
void Scavenger::settle_moved_on(std::span<const Outcome* const> successes, Summary& summary) {
  if (successes.empty()) return;
  const std::vector<Task> reported = reported_failures(successes);
  std::vector<Departure> departures;
  departures.reserve(successes.size());
  for (const Outcome* outcome : successes) {
    const auto report = std::ranges::find_if(reported, [&](const Task& task) {
      return task.task_id == outcome->task.task_id && task.token == outcome->task.token;
    });
    if (report == reported.end())
      departures.push_back(after_success(*outcome, std::nullopt));
    else
      departures.push_back(seen_to_end(
          *outcome, after_failed(settings_.labourers.at(report->labourer_id), report->task_id,
                                 report->attempts, {report->greenfield, report->token}, report->reason)));
  }
  carry_out(departures, summary);
}

/// Tasks of the same labourers whose workers reported a failure: the report made them expire.
std::vector<Task> Scavenger::reported_failures(std::span<const Outcome* const> outcomes) {
  std::set<std::string> labourer_ids;
  for (const Outcome* outcome : outcomes) labourer_ids.insert(outcome->task.labourer_id);
  std::vector<Task> reported;
  for (const std::string& id : labourer_ids) {
    const auto labourer = settings_.labourers.find(id);
    if (labourer == settings_.labourers.end()) continue;
    for (Task& task : tasks_.expired(id, clock_.now(), labourer->second.attempt_timeout(), batch_of(id)))
      if (failure_was_reported(task)) reported.push_back(std::move(task));
  }
  return reported;
}

Scavenger::Summary Scavenger::recover(const Labourer& labourer) {
  Summary summary;
  if (labourer.remote) return summary;  // they may still run
  settle_expired(labourer, 0, "its engine stopped while it ran", summary);
  return summary;
}

void Scavenger::close_as_dead(const Labourer& labourer, std::span<const Task> claimed,
                              const std::string& reason) {
  Summary summary;
  std::vector<Departure> departures;
  departures.reserve(claimed.size());
  for (const Task& task : claimed)
    departures.push_back({labourer.id,
                          {.task_id = task.task_id,
                           .to = Settlement::To::dead,
                           .seen = seen_running(task),
                           .now = clock_.now(),
                           .reason = reason}});
  carry_out(departures, summary);
}

/// Room for all that are left out.
std::size_t Scavenger::batch_of(const std::string& labourer_id) const {
  return kScavengedAtOnce + (in_flight_ ? static_cast<std::size_t>(in_flight_->count(labourer_id)) : 0);
}

void Scavenger::leave_out_in_flight(std::vector<Task>& tasks, const Labourer& labourer) const {
  if (!in_flight_) return;
  const Time now = clock_.now();
  std::erase_if(
      tasks, [&](const Task& task) { return in_flight_->contains(task, now, labourer.attempt_timeout()); });
}

void Scavenger::archive_completed(const Labourer& labourer, Summary& summary) {
  for (;;) {
    const std::size_t batch = batch_of(labourer.id);
    std::vector<Task> completed = tasks_.completed(labourer.id, batch);
    const bool more = completed.size() >= batch;
    leave_out_in_flight(completed, labourer);
    std::vector<Departure> departures;
    departures.reserve(completed.size());
    for (const Task& task : completed)
      departures.push_back({labourer.id, {.task_id = task.task_id, .now = clock_.now()}});
    const std::int64_t before = summary.archived;
    carry_out(departures, summary);
    if (!more || summary.archived == before) return;
  }
}

void Scavenger::settle_expired(const Labourer& labourer, Seconds attempt_timeout, const std::string& reason,
                               Summary& summary) {
  for (;;) {
    const std::size_t batch = batch_of(labourer.id);
    std::vector<Task> expired = tasks_.expired(labourer.id, clock_.now(), attempt_timeout, batch);
    const bool more = expired.size() >= batch;
    leave_out_in_flight(expired, labourer);
    std::vector<Departure> departures;
    departures.reserve(expired.size());
    for (const Task& task : expired)
      departures.push_back(
          after_failed(labourer, task.task_id, task.attempts, {task.greenfield, task.token},
                       failure_was_reported(task) && !task.reason.empty() ? task.reason : reason));
    const std::int64_t before = summary.retried + summary.dead;
    carry_out(departures, summary);
    if (!more || summary.retried + summary.dead == before) return;
  }
}

Scavenger::Departure Scavenger::after_failed(const Labourer& labourer, const std::string& task_id,
                                             int attempts, const Settlement::Seen& seen, std::string reason) {
  const Time now = clock_.now();
  const RetryDecision decision = after_failure(labourer, attempts, now, random_.chance());
  return {labourer.id,
          {.task_id = task_id,
           .to = decision.dead ? Settlement::To::dead : Settlement::To::retry,
           .seen = seen,
           .now = now,
           .due = decision.due,
           .reason = std::move(reason)}};
}

Scavenger::Departure Scavenger::after_success(const Outcome& outcome, std::optional<Settlement::Seen> seen) {
  return seen_to_end(outcome, {outcome.task.labourer_id,
                               {.task_id = outcome.task.task_id,
                                .seen = std::move(seen),
                                .now = clock_.now(),
                                .result = kept_of(outcome.result)}});
}

Scavenger::Departure Scavenger::seen_to_end(const Outcome& outcome, Departure departure) {
  departure.settlement.stats = outcome.stats;
  departure.seen_to_end = true;
  departure.log = outcome.log;
  return departure;
}

std::vector<bool> Scavenger::carry_out(std::span<const Departure> departures, Summary& summary) {
  if (departures.empty()) return {};
  std::vector<Settlement> settlements;
  settlements.reserve(departures.size());
  for (const Departure& departure : departures) settlements.push_back(departure.settlement);
  const std::vector<bool> moved = tasks_.settle(settlements);

  std::vector<TaskEvent> events;
  events.reserve(departures.size() * 2);
  for (std::size_t i = 0; i < departures.size(); ++i) {
    if (!moved[i]) continue;
    const auto& [labourer_id, settlement, is_seen_to_end, log] = departures[i];
    const bool completed = settlement.to == Settlement::To::completed;
    const std::string details = details_of(settlement.reason);
    if (is_seen_to_end)
      events.push_back({settlement.task_id, labourer_id,
                        completed ? TaskAction::completed : TaskAction::failed, settlement.now,
                        details_of(settlement.reason, log)});
    events.push_back({settlement.task_id, labourer_id, action_of(settlement.to), settlement.now, details});
    if (completed) {
      ++summary.archived;
    } else if (settlement.to == Settlement::To::retry) {
      ++summary.retried;
    } else {
      ++summary.dead;
      alarm_.raise(kDeadSubject, fmt::format("Closing dead task: {} ({}: {})", settlement.task_id,
                                             labourer_id, settlement.reason));
    }
  }
  events_.record(events);
  return moved;
}

}  // namespace sosw
