// The essentials as actors: each life begins with new objects.

#include "essentials/announcements.h"
#include "essentials/ecology.h"
#include "essentials/orchestrator.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "essentials/worker_assistant.h"
#include "simulation/cast/outside.h"
#include "simulation/cast/people.h"
#include "simulation/cast/stage.h"

namespace sosw::simulation {
namespace {

/// One life of an actor, and the world as it meets it.
struct Life {
  Life(Stage& stage_, Actor& actor_)
      : stage(stage_),
        actor(actor_),
        watch(stage.settings, stage.ledger, stage.world),
        store(actor, stage.truth, stage.weather, stage.ledger, watch),
        alarm(stage.ledger) {}

  void rest() { actor.pause(stage.world.chance().within(0, stage.plan.period)); }

  Stage& stage;
  Actor& actor;
  RunWatch watch;
  FaultyStore store;
  NotedAlarm alarm;
};

/// What runs over all labourers never throws: who fails is left out (I6).
template <typename Run>
void run_over_all(const char* who, Run run) {
  try {
    run();
  } catch (const std::exception& error) {
    broken(Promise::I6, fmt::format("the run of {} was ended by: {}", who, error.what()));
  }
}

/// What may fail as a whole is done again later. Returns whether it was done.
template <typename Work>
bool try_to(Work work) {
  try {
    work();
    return true;
  } catch (const StoreError&) {
    return false;
  }
}

struct Scheduling {
  explicit Scheduling(Life& life_) : life(life_) {}

  void accept_requests() {
    while (auto request = life.stage.requests.take()) {
      try {
        scheduler.accept(request->text());
      } catch (const InvalidJob& error) {
        broken(Promise::I9, fmt::format("a good job was refused: {}", error.what()));
      }
      request->done();
    }
  }
  void cut() {
    for (int errors = 0; !scheduler.idle() && errors < 3;) {
      try {
        scheduler.step();
      } catch (const StoreError&) {
        ++errors;
      }
    }
  }
  void turn() {
    try_to([&] { scheduler.resume(); });
    try_to([&] { accept_requests(); });
    cut();
  }

  Life& life;
  Scheduler scheduler{life.stage.settings, life.store, life.store, life.actor, life.stage.world.chance()};
};

struct Scavenging {
  explicit Scavenging(Life& life_) : life(life_) {}

  void settle_outcomes() {
    for (Outcome& outcome : life.stage.workers.take_outcomes(life.actor.host()))
      unsettled.push_back(std::move(outcome));
    if (unsettled.empty()) return;
    scavenger.settle(unsettled);
    unsettled.clear();
    life.stage.workers.outcomes_settled(life.actor.host());
  }
  void run() {
    life.watch.begin(life.actor.now());
    run_over_all("a scavenger", [&] { scavenger.run(); });
    life.watch.end_of_scavenger();
  }

  Life& life;
  Scavenger scavenger{life.stage.settings, life.store, life.store,
                      life.alarm,          life.actor, life.stage.world.chance()};
  std::vector<Outcome> unsettled;
};

struct Orchestrating {
  Orchestrating(Life& life_, Scavenger& scavenger_)
      : life(life_),
        functions(life.actor, life.stage.workers, life.stage.weather, life.stage.ledger, life.watch),
        orchestrator({.settings = life.stage.settings,
                      .ecology = ecology,
                      .tasks = life.store,
                      .desk = life.store,
                      .functions = functions,
                      .scavenger = scavenger_,
                      .events = life.store,
                      .alarm = life.alarm,
                      .clock = life.actor,
                      .random = life.stage.world.chance()}) {}

  void run() {
    life.watch.begin(life.actor.now());
    ecology.refresh();
    run_over_all("an orchestrator", [&] { orchestrator.run(); });
    life.watch.end_of_orchestrator(life.store.caller());
  }

  Life& life;
  DrawnMetric metric{life.stage, life.store};
  Ecology ecology{life.stage.settings, {&metric}};
  SimulatedFunctions functions;
  Orchestrator orchestrator;
};

struct Announcing {
  Announcing(Life& life_, Scheduler& scheduler)
      : life(life_), announcements(life.store, scheduler, messenger, life.actor) {}

  Life& life;
  DrawnMessenger messenger{life.stage, life.actor};
  Announcements announcements;
};

void schedule(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  Scheduling scheduling(life);
  for (;; life.rest()) scheduling.turn();
}

void orchestrate(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  Scavenging scavenging(life);
  Orchestrating orchestrating(life, scavenging.scavenger);
  for (;; life.rest()) orchestrating.run();
}

void scavenge(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  Scavenging scavenging(life);
  for (;; life.rest()) scavenging.run();
}

/// What an engine does with the workers that it watches.
void settle(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  Scavenging scavenging(life);
  for (;; life.rest()) try_to([&] { scavenging.settle_outcomes(); });
}

void announce(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  Scheduling scheduling(life);
  Announcing announcing(life, scheduling.scheduler);
  for (;; life.rest()) {
    try_to([&] { announcing.announcements.run(); });
    scheduling.cut();
  }
}

/// Whether it is a report that a worker would send; the rest of what comes over the wire is garbage.
bool is_sound(const std::string& report) { return report.starts_with(R"({"action": "mark_task_as_)"); }

void assist(Stage& stage, Actor& actor) {
  Life life(stage, actor);
  WorkerAssistant assistant(stage.settings, life.store, life.store, actor);
  for (;; life.rest()) {
    while (auto report = stage.reports.take()) {
      try {
        assistant.handle(report->text());
        report->done();
      } catch (const InvalidReport& error) {
        if (is_sound(report->text()))
          broken(Promise::I8, fmt::format("a good report was refused: {}", error.what()));
        report->done();
      } catch (const StoreError&) {
        break;  // it is delivered again
      }
    }
  }
}

/// The loop of the local engine, which takes over what an earlier life left.
void run_engine(Stage& stage, Actor& actor) {
  stage.workers.kill(actor.host());
  Life life(stage, actor);
  Scheduling scheduling(life);
  Scavenging scavenging(life);
  Orchestrating orchestrating(life, scavenging.scavenger);
  Announcing announcing(life, scheduling.scheduler);
  for (const auto& entry : stage.settings.labourers)
    while (!try_to([&] { scavenging.scavenger.recover(entry.second); })) life.rest();
  for (;; life.rest()) {
    try_to([&] { scavenging.settle_outcomes(); });
    scavenging.run();
    try_to([&] { announcing.announcements.run(); });
    scheduling.turn();
    orchestrating.run();
  }
}

}  // namespace

void hire_cast(Stage& stage) {
  const auto hire = [&](const char* role, int number, int host, void (*body)(Stage&, Actor&)) {
    stage.world.hire(fmt::format("{} {}@{}", role, number, host), host, stage.plan.recovery,
                     [&stage, body](Actor& actor) { body(stage, actor); });
  };
  const auto hire_several = [&](const char* role, int count, void (*body)(Stage&, Actor&)) {
    for (int i = 0; i < count; ++i) hire(role, i, i % stage.world.hosts(), body);
  };
  if (stage.plan.solo) hire("engine", 0, 0, run_engine);
  hire_several("scheduler", stage.plan.schedulers, schedule);
  hire_several("orchestrator", stage.plan.orchestrators, orchestrate);
  hire_several("scavenger", stage.plan.scavengers, scavenge);
  hire_several("announcer", stage.plan.announcers, announce);
  hire_several("assistant", stage.plan.assistants, assist);
  if (!stage.plan.solo) hire_several("settler", stage.world.hosts(), settle);
  hire("people", 0, 0, act_as_people);
}

}  // namespace sosw::simulation
