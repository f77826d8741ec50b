#include "simulation/plan/simulate.h"

#include <algorithm>

#include "simulation/actors/actor_context.h"
#include "simulation/actors/operators.h"

namespace sosw::simulation {
namespace {

std::vector<Host> hosts_of(const Plan& plan) {
  std::vector<Host> hosts;
  for (const Seconds skew : plan.skews) hosts.push_back({skew});
  return hosts;
}

class Simulation {
 public:
  Simulation(const Plan& plan, bool keep_trace, const StoreFactory& factory)
      : plan_(plan), settings_(settings_of(plan)), conditions_(plan), world_(plan.seed, hosts_of(plan)) {
    if (keep_trace) world_.trace().keep_lines();
    store_ = factory(plan, world_);
    ledger_.emplace(settings_,
                    Ledger::Truth{store_->jobs(), store_->admin(),
                                  [this](const TaskFilter& filter) { return store_->list(filter); }},
                    world_, plan.single_engine);
    workers_.emplace(world_, plan, conditions_, *ledger_, reports_);
    context_.emplace(ActorContext{world_, plan, settings_, conditions_, *store_, *ledger_, *workers_,
                                  requests_, reports_});
  }

  void run() {
    plan_storm();
    plan_requests(*context_);
    add_actors(*context_);
    look_through_now_and_then();
    world_.run_until(World::kBeginning + plan_.fault_period, [] { return false; });
    world_.say("world", "heals");
    conditions_.end_faults();
    come_to_rest();
    // Late words must not change anything any more.
    const Time end = world_.now() + 20;
    world_.run_until(end, [] { return false; });
    if (!rests()) broken(Promise::I8, "something woke up again: " + open_work());
    ledger_->check_all();
    ledger_->check_rest();
  }

  Result result() {
    Result result;
    result.hash = world_.trace().hash();
    result.steps = world_.trace().steps();
    result.elapsed = world_.elapsed();
    result.coverage = world_.coverage();
    result.lines = world_.trace().lines();
    return result;
  }

 private:
  void plan_storm() {
    Chance& chance = world_.chance();
    const auto some_time = [&] { return World::kBeginning + chance.within(0, plan_.fault_period); };
    for (int i = 0; i < plan_.faults.host_crashes; ++i)
      world_.at(some_time(), [this] {
        const auto host = static_cast<int>(world_.chance().index(plan_.skews.size()));
        world_.coverage().note(Happened::crash_of_host);
        world_.say("world", "host {} goes down", host);
        world_.crash_host(host);
        workers_->kill(host);
      });
    for (int i = 0; i < plan_.faults.throttles; ++i)
      world_.at(some_time(), [this] {
        world_.say("world", "the store is throttled");
        conditions_.throttled_until = world_.now() + world_.chance().within(1, 20);
      });
    for (int i = 0; i < plan_.faults.sicknesses; ++i)
      world_.at(some_time(), [this] {
        conditions_.sick_labourer = labourer_name(world_.chance().index(plan_.labourers.size()));
        conditions_.sick_until = world_.now() + world_.chance().within(1, 30);
        world_.say("world", "nothing works for {}", conditions_.sick_labourer);
      });
  }

  void look_through_now_and_then() {
    const std::int64_t enough = plan_.busy_day ? 2'000'000 : 300 + 3 * plan_.tasks();
    changes_ += ledger_->take_changes();
    if (changes_ > enough) {
      changes_ = 0;
      ledger_->check_all();
    }
    world_.at(world_.now() + 5, [this] { look_through_now_and_then(); });
  }

  bool rests() {
    const bool nobody_acts = context_->operators_are_done && world_.now() > conditions_.stalled_until;
    return nobody_acts && ledger_->at_rest() && requests_.empty() && reports_.empty() && workers_->idle();
  }
  std::string open_work() const {
    if (!ledger_->at_rest()) return ledger_->open_work();
    return "somebody still acts, or a letter is on its way";
  }

  /// Long enough for what is under way to be given up, tried again and announced, one after the other.
  Seconds time_to_settle() const {
    Seconds most = 600;
    for (const LabourerPlan& labourer : plan_.labourers) {
      const Seconds attempt_timeout = labourer.duration + labourer.cooldown;
      const Seconds delay = std::max(labourer.retry.max, labourer.duration * labourer.max_attempts);
      most += 4 * (2 * attempt_timeout + delay) +
              static_cast<double>(plan_.tasks()) * (plan_.period + 2) / labourer.limit;
    }
    // And for every report to be read.
    return most + plan_.fault_period + static_cast<double>(plan_.tasks()) * 10 * plan_.faults.latency;
  }

  void come_to_rest() {
    const Time end = world_.now() + time_to_settle();
    // Looking whether all is quiet costs more than most events: do it once a second.
    while (!rests()) {
      if (world_.now() >= end)
        broken(Promise::I8,
               fmt::format("{:.0f} s after the world has healed, {}", time_to_settle(), open_work()));
      world_.run_until(world_.now() + 1, [] { return false; });
    }
  }

  const Plan& plan_;
  Settings settings_;
  Conditions conditions_;
  std::unique_ptr<TrueStore> store_;
  std::optional<Ledger> ledger_;
  std::optional<Workers> workers_;
  std::optional<ActorContext> context_;
  std::int64_t changes_ = 0;
  Mailbox requests_{world_};
  Mailbox reports_{world_};
  World world_;  ///< goes first: its actors use all of the above
};

}  // namespace

Result simulate(const Plan& plan, bool keep_trace, const StoreFactory& factory) {
  Simulation simulation(plan, keep_trace, factory);
  std::optional<PromiseBroken> failure;
  try {
    simulation.run();
  } catch (const PromiseBroken& promise) {
    failure = promise;
  } catch (const std::exception& error) {
    failure = PromiseBroken{Promise::I8, fmt::format("an unexpected exception: {}", error.what())};
  }
  Result result = simulation.result();
  result.broken = failure;
  return result;
}

}  // namespace sosw::simulation
