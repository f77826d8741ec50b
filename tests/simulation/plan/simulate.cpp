#include "simulation/plan/simulate.h"

#include <algorithm>

#include "simulation/cast/people.h"
#include "simulation/cast/stage.h"

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
      : plan_(plan), settings_(settings_of(plan)), weather_(plan), world_(plan.seed, hosts_of(plan)) {
    if (keep_trace) world_.trace().keep_lines();
    store_ = factory(plan, world_);
    ledger_.emplace(settings_,
                    Ledger::Truth{store_->jobs(), store_->desk(),
                                  [this](const TaskFilter& filter) { return store_->list(filter); }},
                    world_, plan.solo);
    workers_.emplace(world_, plan, weather_, *ledger_, reports_);
    stage_.emplace(
        Stage{world_, plan, settings_, weather_, *store_, *ledger_, *workers_, requests_, reports_});
  }

  void run() {
    plan_storm();
    plan_requests(*stage_);
    hire_cast(*stage_);
    look_through_now_and_then();
    world_.run_until(World::kBeginning + plan_.storm, [] { return false; });
    world_.say("world", "heals");
    weather_.heal();
    come_to_rest();
    // Late words must not change anything any more.
    const Time end = world_.now() + 20;
    world_.run_until(end, [] { return false; });
    if (!rests()) broken(Promise::I8, "something woke up again: " + unrest());
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
    const auto some_time = [&] { return World::kBeginning + chance.within(0, plan_.storm); };
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
        weather_.throttled_until = world_.now() + world_.chance().within(1, 20);
      });
    for (int i = 0; i < plan_.faults.sicknesses; ++i)
      world_.at(some_time(), [this] {
        weather_.sick_labourer = labourer_name(world_.chance().index(plan_.labourers.size()));
        weather_.sick_until = world_.now() + world_.chance().within(1, 30);
        world_.say("world", "nothing works for {}", weather_.sick_labourer);
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
    const bool nobody_acts = stage_->people_are_done && world_.now() > weather_.stalled_until;
    return nobody_acts && ledger_->at_rest() && requests_.empty() && reports_.empty() && workers_->idle();
  }
  std::string unrest() const {
    if (!ledger_->at_rest()) return ledger_->unrest();
    return "somebody still acts, or a letter is on its way";
  }

  /// Long enough for what is under way to be given up, tried again and announced, one after the other.
  Seconds patience() const {
    Seconds patience = 600;
    for (const LabourerPlan& labourer : plan_.labourers) {
      const Seconds lapse = labourer.duration + labourer.cooldown;
      const Seconds delay = std::max(labourer.retry.max, labourer.duration * labourer.max_attempts);
      patience +=
          4 * (2 * lapse + delay) + static_cast<double>(plan_.tasks()) * (plan_.period + 2) / labourer.limit;
    }
    // And for every report to be read.
    return patience + plan_.storm + static_cast<double>(plan_.tasks()) * 10 * plan_.faults.latency;
  }

  void come_to_rest() {
    const Time end = world_.now() + patience();
    // Looking whether all is quiet costs more than most events: do it once a second.
    while (!rests()) {
      if (world_.now() >= end)
        broken(Promise::I8, fmt::format("{:.0f} s after the world has healed, {}", patience(), unrest()));
      world_.run_until(world_.now() + 1, [] { return false; });
    }
  }

  const Plan& plan_;
  Settings settings_;
  Weather weather_;
  std::unique_ptr<TrueStore> store_;
  std::optional<Ledger> ledger_;
  std::optional<Workers> workers_;
  std::optional<Stage> stage_;
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
