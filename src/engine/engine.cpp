#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "engine/metric_watch.h"

namespace sosw {
namespace {

constexpr Seconds kMetricPeriod = 5;
constexpr Seconds kStoreTroublePause = 1;

}  // namespace

Engine::Engine(const Parts& parts)
    : parts_(parts),
      scheduler_(parts.settings, parts.jobs, parts.events, parts.clock, parts.random),
      scavenger_(parts.settings, parts.tasks, parts.events, parts.alarm, parts.clock, parts.random,
                 &in_flight_),
      orchestrator_({.settings = parts.settings,
                     .ecology = parts.ecology,
                     .tasks = parts.tasks,
                     .admin = parts.admin,
                     .functions = parts.functions,
                     .scavenger = scavenger_,
                     .events = parts.events,
                     .alarm = parts.alarm,
                     .clock = parts.clock,
                     .random = parts.random,
                     .in_flight = &in_flight_,
                     .taken_slots = parts.taken_slots}) {
  if (parts.rules) rules_.emplace(parts.settings, *parts.rules, scheduler_, parts.clock, parts.alone);
}

void Engine::take_over() {
  if (parts_.alone) recover();
  scheduler_.resume();
  parts_.alarm.send();
}

void Engine::recover() {
  for (const auto& [id, labourer] : parts_.settings.labourers) {
    const Scavenger::Summary summary = scavenger_.recover(labourer);
    if (summary.retried + summary.dead > 0)
      spdlog::info(
          "{}: {} tasks were under way when the last engine stopped; {} will be tried again, {} are dead", id,
          summary.retried + summary.dead, summary.retried, summary.dead);
  }
}

void Engine::run(const std::function<bool()>& go_on) {
  parts_.ecology.refresh();
  const MetricWatch watch(parts_.ecology, kMetricPeriod, [this] { parts_.outcomes.wake(); });
  wake_all();
  while (!stopping_) {
    const Time began = parts_.clock.now();
    try {
      if (!go_on()) return;
      const bool goes_on = turn();
      parts_.turned({.took = parts_.clock.now() - began});
      if (!goes_on && !stopping_) parts_.outcomes.wait_for(wait_time());
    } catch (const StoreError& error) {
      parts_.turned({parts_.clock.now() - began, error.what()});
      spdlog::error("{}; nothing is lost, trying again", error.what());
      do_posted();  // their callers need not wait for the store
      parts_.outcomes.wait_for(kStoreTroublePause);
      wake_all();
    }
  }
}

void Engine::stop() {
  stopping_ = true;
  parts_.outcomes.wake();
}

void Engine::serve() {
  try {
    settle_outcomes();
  } catch (const StoreError& error) {
    spdlog::error("{}; what workers did is kept, trying again", error.what());
  }
  do_posted();
}

void Engine::settle_outcomes() {
  std::vector<Outcome> refused;
  for (Outcome& outcome : parts_.outcomes.take())
    (outcome.refused ? refused : unsettled_).push_back(std::move(outcome));
  for (const Outcome& outcome : refused) in_flight_.end(outcome.task);
  orchestrator_.take_back(refused);
  scavenger_.settle(unsettled_);
  for (const Outcome& outcome : unsettled_) {
    in_flight_.end(outcome.task);
    ready_.insert(outcome.task.labourer_id);
  }
  unsettled_.clear();
}

void Engine::post(std::function<void()> call) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(call));
  }
  parts_.outcomes.wake();
}

void Engine::do_posted() {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(posted_mutex_);
    calls.swap(posted_);
  }
  for (const auto& call : calls) call();
}

/// Returns whether there is more to do immediately.
bool Engine::turn() {
  settle_outcomes();
  do_posted();
  const bool scavenged = scavenge();
  if (rules_) rules_->run();
  scheduler_.step();
  ready_.merge(scheduler_.take_updated());
  if (notice_changes() || scavenged) wake_all();
  orchestrate();
  return !scheduler_.idle();
}

/// Everything once per period; in between only what becomes due.
bool Engine::scavenge() {
  const Time now = parts_.clock.now();
  if (now >= next_scavenging_) {
    next_scavenging_ = now + parts_.polling.scavenging;
    due_is_ours_ = true;
    scavenger_.run();
    return true;
  }
  const auto due = next_due(now);
  if (!due || *due > now || !due_is_ours_) return false;
  std::int64_t requeued = 0;
  for (const auto& [id, labourer] : parts_.settings.labourers) requeued += scavenger_.requeue(labourer);
  due_is_ours_ = requeued > 0;
  due_read_ = Time();
  return due_is_ours_;
}

bool Engine::notice_changes() {
  const std::int64_t version = parts_.store_version();
  if (version == seen_version_) return false;
  seen_version_ = version;
  scheduler_.resume();
  return true;
}

/// First those without room the last time.
std::vector<std::string> Engine::labourers_in_turn() {
  std::vector<std::string> in_turn = std::exchange(crowded_out_, {});
  for (const std::string& id : in_turn) ready_.erase(id);
  const auto others = std::exchange(ready_, {});
  in_turn.insert(in_turn.end(), others.begin(), others.end());
  return in_turn;
}

/// An error of one labourer never stops the others (promise I6); a store error is reported for the turn after
/// all labourers were tried.
void Engine::orchestrate() {
  std::optional<StoreError> trouble;
  std::vector<std::string> got_some;
  Orchestrator::Round round;
  for (const std::string& id : labourers_in_turn()) {
    const auto labourer = parts_.settings.labourers.find(id);
    if (labourer == parts_.settings.labourers.end()) continue;
    try {
      const Orchestrator::Summary summary = orchestrator_.run(labourer->second, round);
      if (summary.lacks_room) (summary.invoked > 0 ? got_some : crowded_out_).push_back(id);
    } catch (const StoreError& error) {
      if (!trouble) trouble = error;
    } catch (const std::exception& error) {
      spdlog::error("orchestrating {}: {}", id, error.what());
    }
  }
  crowded_out_.insert(crowded_out_.end(), got_some.begin(), got_some.end());
  if (trouble) throw StoreError(*trouble);
}

void Engine::wake_all() {
  for (const auto& [id, labourer] : parts_.settings.labourers) ready_.insert(id);
}

std::optional<Time> Engine::next_due(Time now) {
  if (now - due_read_ >= parts_.polling.due) {
    due_ = parts_.tasks.next_due();
    due_read_ = now;
  }
  return due_;
}

/// The time until the next work, unless an outcome arrives.
Seconds Engine::wait_time() {
  const Time now = parts_.clock.now();
  Seconds wait_time = std::min(parts_.polling.changes, next_scavenging_ - now);
  if (const auto due = next_due(now); due && due_is_ours_) wait_time = std::min(wait_time, *due - now);
  if (const auto due = rules_ ? rules_->next_due() : std::nullopt)
    wait_time = std::min(wait_time, *due - now);
  return std::max(wait_time, 0.0);
}

}  // namespace sosw
