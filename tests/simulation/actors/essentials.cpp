// The essentials as actors: each life begins with new objects.

#include "essentials/completion_notifier.h"
#include "essentials/ecology.h"
#include "essentials/orchestrator.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "essentials/worker_assistant.h"
#include "simulation/actors/actor_context.h"
#include "simulation/actors/operators.h"
#include "simulation/actors/outside.h"

namespace sosw::simulation {
namespace {

/// One life of an actor, and the world as it meets it.
struct Life {
  Life(ActorContext& context_, Actor& actor_)
      : context(context_),
        actor(actor_),
        watch(context.settings, context.ledger, context.world),
        store(actor, context.truth, context.conditions, context.ledger, watch),
        alarm(context.ledger) {}

  void rest() { actor.pause(context.world.chance().within(0, context.plan.period)); }

  ActorContext& context;
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
    while (auto request = life.context.requests.take()) {
      try {
        scheduler.accept(request->text());
      } catch (const InvalidJob& error) {
        broken(Promise::I9, fmt::format("a good job was refused: {}", error.what()));
      }
      request->done();
    }
  }
  void chunk() {
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
    chunk();
  }

  Life& life;
  Scheduler scheduler{life.context.settings, life.store, life.store, life.actor, life.context.world.chance()};
};

struct Scavenging {
  explicit Scavenging(Life& life_) : life(life_) {}

  void settle_outcomes() {
    for (Outcome& outcome : life.context.workers.take_outcomes(life.actor.host()))
      unsettled.push_back(std::move(outcome));
    if (unsettled.empty()) return;
    scavenger.settle(unsettled);
    unsettled.clear();
    life.context.workers.outcomes_settled(life.actor.host());
  }
  void run() {
    life.watch.begin(life.actor.now());
    run_over_all("a scavenger", [&] { scavenger.run(); });
    life.watch.end_of_scavenger();
  }

  Life& life;
  Scavenger scavenger{life.context.settings,      life.store, life.store, life.alarm, life.actor,
                      life.context.world.chance()};
  std::vector<Outcome> unsettled;
};

struct Orchestrating {
  Orchestrating(Life& life_, Scavenger& scavenger_)
      : life(life_),
        functions(life.actor, life.context.workers, life.context.conditions, life.context.ledger, life.watch),
        orchestrator({.settings = life.context.settings,
                      .ecology = ecology,
                      .tasks = life.store,
                      .admin = life.store,
                      .functions = functions,
                      .scavenger = scavenger_,
                      .events = life.store,
                      .alarm = life.alarm,
                      .clock = life.actor,
                      .random = life.context.world.chance()}) {}

  void run() {
    life.watch.begin(life.actor.now());
    ecology.refresh();
    run_over_all("an orchestrator", [&] { orchestrator.run(); });
    life.watch.end_of_orchestrator(life.store.caller());
  }

  Life& life;
  DrawnMetric metric{life.context, life.store};
  Ecology ecology{life.context.settings, {&metric}};
  SimulatedFunctions functions;
  Orchestrator orchestrator;
};

struct Notifying {
  Notifying(Life& life_, Scheduler& scheduler)
      : life(life_), notifier(life.store, scheduler, messenger, life.actor) {}

  Life& life;
  DrawnMessenger messenger{life.context, life.actor};
  CompletionNotifier notifier;
};

void schedule(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  Scheduling scheduling(life);
  for (;; life.rest()) scheduling.turn();
}

void orchestrate(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  Scavenging scavenging(life);
  Orchestrating orchestrating(life, scavenging.scavenger);
  for (;; life.rest()) orchestrating.run();
}

void scavenge(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  Scavenging scavenging(life);
  for (;; life.rest()) scavenging.run();
}

/// What an engine does with the workers that it watches.
void settle(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  Scavenging scavenging(life);
  for (;; life.rest()) try_to([&] { scavenging.settle_outcomes(); });
}

void notify(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  Scheduling scheduling(life);
  Notifying notifying(life, scheduling.scheduler);
  for (;; life.rest()) {
    try_to([&] { notifying.notifier.run(); });
    scheduling.chunk();
  }
}

/// Whether it is a report that a worker would send; the rest of what comes over the wire is garbage.
bool is_sound(const std::string& report) { return report.starts_with(R"({"action": "mark_task_as_)"); }

void assist(ActorContext& context, Actor& actor) {
  Life life(context, actor);
  WorkerAssistant assistant(context.settings, life.store, life.store, actor);
  for (;; life.rest()) {
    while (auto report = context.reports.take()) {
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
void run_engine(ActorContext& context, Actor& actor) {
  context.workers.kill(actor.host());
  Life life(context, actor);
  Scheduling scheduling(life);
  Scavenging scavenging(life);
  Orchestrating orchestrating(life, scavenging.scavenger);
  Notifying notifying(life, scheduling.scheduler);
  for (const auto& entry : context.settings.labourers)
    while (!try_to([&] { scavenging.scavenger.recover(entry.second); })) life.rest();
  for (;; life.rest()) {
    try_to([&] { scavenging.settle_outcomes(); });
    scavenging.run();
    try_to([&] { notifying.notifier.run(); });
    scheduling.turn();
    orchestrating.run();
  }
}

}  // namespace

void add_actors(ActorContext& context) {
  const auto add_actor = [&](const char* role, int number, int host, void (*body)(ActorContext&, Actor&)) {
    context.world.add_actor(fmt::format("{} {}@{}", role, number, host), host, context.plan.recovery,
                            [&context, body](Actor& actor) { body(context, actor); });
  };
  const auto add_several = [&](const char* role, int count, void (*body)(ActorContext&, Actor&)) {
    for (int i = 0; i < count; ++i) add_actor(role, i, i % context.world.hosts(), body);
  };
  if (context.plan.single_engine) add_actor("engine", 0, 0, run_engine);
  add_several("scheduler", context.plan.schedulers, schedule);
  add_several("orchestrator", context.plan.orchestrators, orchestrate);
  add_several("scavenger", context.plan.scavengers, scavenge);
  add_several("announcer", context.plan.notifiers, notify);
  add_several("assistant", context.plan.assistants, assist);
  if (!context.plan.single_engine) add_several("settler", context.world.hosts(), settle);
  add_actor("people", 0, 0, act_as_operators);
}

}  // namespace sosw::simulation
