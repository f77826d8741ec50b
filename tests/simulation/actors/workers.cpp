#include "simulation/actors/workers.h"

#include <algorithm>
#include <array>
#include <functional>

namespace sosw::simulation {

Workers::Workers(World& world, const Plan& plan, Conditions& conditions, Ledger& ledger, Mailbox& reports)
    : world_(world),
      plan_(plan),
      conditions_(conditions),
      ledger_(ledger),
      reports_(reports),
      outcomes_(plan.skews.size()),
      taken_(plan.skews.size()) {}

const LabourerPlan& Workers::plan_of(const std::string& labourer_id) const {
  return plan_.labourers[static_cast<std::size_t>(std::stoi(labourer_id.substr(1)))];
}

Dispatch Workers::start(const Invocation& invocation, int host) {
  Chance& chance = world_.chance();
  const auto answer = [&](Dispatch::Kind kind, int workers) {
    ledger_.dispatched(invocation.task, kind, workers);
    return Dispatch{kind, kind == Dispatch::Kind::accepted ? "" : "so it was drawn"};
  };
  if (chance.happens(conditions_.dispatches.refused)) {
    world_.coverage().note(Happened::dispatch_refused);
    return answer(Dispatch::Kind::refused, 0);
  }
  if (chance.happens(conditions_.dispatches.failed)) {
    world_.coverage().note(Happened::dispatch_failed);
    return answer(Dispatch::Kind::failed, 0);
  }
  if (!chance.happens(conditions_.dispatches.unknown))
    return answer(Dispatch::Kind::accepted, set_to_work(invocation, host));
  const bool runs = chance.happens(0.5);
  world_.coverage().note(runs ? Happened::dispatch_unknown_ran : Happened::dispatch_unknown_lost);
  return answer(Dispatch::Kind::unknown, runs ? set_to_work(invocation, host) : 0);
}

Workers::WorkerOutcome Workers::draw_outcome(const Task& task) {
  const WorkerOutcomes& worker_outcomes = conditions_.worker_outcomes;
  const std::size_t thousandth = std::hash<std::string>{}(task.task_id) % 1000;
  if (static_cast<double>(thousandth) < worker_outcomes.poison * 1000) return WorkerOutcome::fails;
  const std::array weights = {worker_outcomes.quick,  worker_outcomes.slow, worker_outcomes.fails,
                              worker_outcomes.silent, worker_outcomes.lost, worker_outcomes.late,
                              worker_outcomes.twice};
  return static_cast<WorkerOutcome>(world_.chance().weighted(weights));
}

/// Returns how many workers run, or will run.
int Workers::set_to_work(const Invocation& invocation, int host) {
  Chance& chance = world_.chance();
  const Labourer& labourer = *invocation.labourer;
  const LabourerPlan& plan = plan_of(labourer.id);
  const Worker worker{invocation.task, plan.watched, plan.knows_tokens, host};
  const Seconds quickly = std::min(1.0, labourer.duration);
  switch (draw_outcome(invocation.task)) {
    case WorkerOutcome::quick:
      work(worker, 0, chance.within(0, quickly), true, true);
      return 1;
    case WorkerOutcome::slow:
      work(worker, chance.within(0, 0.5), chance.within(0, labourer.duration), true, true);
      return 1;
    case WorkerOutcome::fails:
      work(worker, 0, chance.within(0, labourer.duration), false, true);
      return 1;
    case WorkerOutcome::silent:
      world_.coverage().note(Happened::worker_silent);
      work(worker, 0, chance.within(0, labourer.duration), false, worker.watched);
      return 1;
    case WorkerOutcome::lost:
      world_.coverage().note(Happened::worker_lost);
      return 0;
    case WorkerOutcome::late:
      world_.coverage().note(Happened::worker_late);
      // Often just then, when a scavenger is about to give it up.
      work(
          worker, 0,
          labourer.attempt_timeout() + chance.within(0, chance.happens(0.5) ? 5 : labourer.attempt_timeout()),
          chance.happens(0.7), true);
      return 1;
    case WorkerOutcome::twice:
      world_.coverage().note(Happened::worker_twice);
      work(worker, 0, chance.within(0, labourer.duration), chance.happens(0.8), true);
      work(worker, chance.within(0, labourer.attempt_timeout()), chance.within(0, labourer.duration),
           chance.happens(0.8), true);
      return 2;
  }
  return 0;
}

void Workers::work(const Worker& worker, Seconds begins_in, Seconds takes, bool succeeds, bool speaks) {
  const std::int64_t number = ++numbers_;
  working_.emplace(number, worker);
  world_.at(world_.now() + begins_in + takes,
            [this, number, succeeds, speaks] { end(number, succeeds, speaks); });
}

void Workers::end(std::int64_t number, bool succeeds, bool speaks) {
  const auto found = working_.find(number);
  if (found == working_.end()) return;  // killed
  const Worker worker = std::move(found->second);
  working_.erase(found);
  world_.say("worker", "{} of {}..{} {}", worker.task.labourer_id, worker.task.task_id.substr(0, 4),
             worker.task.task_id.substr(28),
             succeeds ? "succeeds"
             : speaks ? "fails"
                      : "dies in silence");
  ledger_.worker_ended(worker.task, succeeds);
  if (worker.watched)
    outcomes_[static_cast<std::size_t>(worker.host)].push_back({.task = worker.task,
                                                                .succeeded = succeeds,
                                                                .result = succeeds ? R"({"n": 1})" : "",
                                                                .reason = succeeds ? "" : "drawn"});
  else if (speaks)
    report(worker, succeeds);
}

void Workers::report(const Worker& worker, bool succeeded) {
  Chance& chance = world_.chance();
  const std::string text = text_of_report(worker, succeeded);
  if (chance.happens(conditions_.report_channel.lost))
    world_.coverage().note(Happened::report_lost);
  else
    reports_.send(chance.within(0, conditions_.report_channel.delay), text);
  while (chance.happens(conditions_.report_channel.repeated)) {
    world_.coverage().note(Happened::report_repeated);
    reports_.send(chance.within(0, 60), text);
  }
}

std::string Workers::text_of_report(const Worker& worker, bool succeeded) {
  const Task& task = worker.task;
  if (!worker.knows_tokens) world_.coverage().note(Happened::report_without_token);
  return fmt::format(R"({{"action": "mark_task_as_{}", "task_id": "{}"{}{}}})",
                     succeeded ? "completed" : "failed", task.task_id,
                     worker.knows_tokens ? fmt::format(R"(, "sosw": {{"attempt": {}, "token": "{}"}})",
                                                       task.attempts + 1, task.token)
                                         : "",
                     succeeded ? R"(, "stats": {"n": 1}, "result": {"v": 0.5})" : R"(, "reason": "drawn")");
}

std::vector<Outcome> Workers::take_outcomes(int host) {
  const auto index = static_cast<std::size_t>(host);
  std::vector<Outcome> outcomes = std::exchange(outcomes_[index], {});
  taken_[index].insert(taken_[index].end(), outcomes.begin(), outcomes.end());
  return outcomes;
}

void Workers::kill(int host) {
  const auto index = static_cast<std::size_t>(host);
  for (auto* lost : {&outcomes_[index], &taken_[index]}) {
    for (const Outcome& outcome : *lost) {
      world_.coverage().note(Happened::outcome_lost);
      ledger_.outcome_lost(outcome.task);
    }
    lost->clear();
  }
  std::erase_if(working_, [&](const auto& entry) {
    const Worker& worker = entry.second;
    if (!worker.watched || worker.host != host) return false;
    world_.coverage().note(Happened::worker_killed);
    ledger_.worker_ended(worker.task, false);
    return true;
  });
}

void SimulatedFunctions::wait() {
  World& world = actor_.world();
  if (world.chance().happens(conditions_.faults.stall))
    actor_.pause(conditions_.stall(world.chance().within(5, 60), world.now()));
  actor_.pause(world.chance().within(0, conditions_.faults.latency));
  if (world.chance().happens(conditions_.faults.crash)) crash();
}

void SimulatedFunctions::crash() {
  actor_.world().coverage().note(Happened::crash_after_effect);
  actor_.world().say(actor_.name(), "invoke: CRASHES");
  throw Crash{};
}

std::vector<Dispatch> SimulatedFunctions::invoke(std::vector<Invocation> invocations) {
  World& world = actor_.world();
  const Caller who{actor_.index(), actor_.now() - world.now(), watch_.began(), actor_.now()};
  wait();
  std::vector<Dispatch> dispatches;
  for (const Invocation& invocation : invocations) {
    if (world.chance().happens(conditions_.faults.crash)) crash();  // in the midst of them
    ledger_.invoked(who, invocation);
    dispatches.push_back(workers_.start(invocation, actor_.host()));
    watch_.dispatched(invocation.task, dispatches.back().kind, who.call_began);
    static constexpr std::array kKinds = {"accepted", "refused", "failed", "unknown"};
    world.trace().step(static_cast<std::uint64_t>(dispatches.back().kind));
    world.say(actor_.name(), "invoke {}..{} attempt {}: {}", invocation.task.task_id.substr(0, 4),
              invocation.task.task_id.substr(28), invocation.task.attempts + 1,
              kKinds.at(static_cast<std::size_t>(dispatches.back().kind)));
  }
  wait();
  return dispatches;
}

}  // namespace sosw::simulation
