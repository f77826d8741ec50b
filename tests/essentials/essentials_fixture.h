#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/parse_settings.h"
#include "essentials/completion_notifier.h"
#include "essentials/doubles.h"
#include "essentials/ecology.h"
#include "essentials/orchestrator.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "essentials/troubled_store.h"
#include "essentials/worker_assistant.h"
#include "store/sqlite/sqlite_store.h"
#include "text/json.h"

namespace sosw {

/// A job of that many tasks, by a schema that names the attribute.
inline Json job_in_pieces(const std::string& labourer, const std::string& attribute, int tasks) {
  Json values = Json::array();
  for (int i = 0; i < tasks; ++i) values.push_back(i);
  return {{"lambda_name", labourer}, {"isolate_" + attribute + "s", true}, {attribute + "s", values}};
}

/// The essentials over a store in memory and doubles of everything else.
struct EssentialsFixture {
  explicit EssentialsFixture(const std::string& config)
      : settings(parse_settings(Json::parse(config))), ecology(settings, {&metrics}) {
    start();
  }

  /// New essentials over what the old ones left, as after the death of the process.
  void start() {
    scheduler = std::make_unique<Scheduler>(settings, store, events, clock, random);
    scavenger = std::make_unique<Scavenger>(settings, store, events, alarm, clock, random, in_flight);
    orchestrator = std::make_unique<Orchestrator>(orchestrator_parts());
    assistant = std::make_unique<WorkerAssistant>(settings, store, events, clock);
    notifier = std::make_unique<CompletionNotifier>(store, *scheduler, messages, clock);
  }

  Orchestrator::Parts orchestrator_parts() {
    return {.settings = settings,
            .ecology = ecology,
            .tasks = store,
            .admin = store,
            .functions = functions,
            .scavenger = *scavenger,
            .events = events,
            .alarm = alarm,
            .clock = clock,
            .random = random,
            .in_flight = in_flight,
            .taken_slots = taken_slots};
  }

  const Labourer& labourer(const std::string& id) const { return settings.labourers.at(id); }

  /// Accept a job and cut it wholly; the ids of its tasks.
  std::vector<std::string> schedule(const std::string& job) {
    const Job accepted = scheduler->accept(job).at(0);
    while (!scheduler->idle()) scheduler->step();
    std::vector<std::string> ids;
    for (const TaskRecord& record : store.list({.job_id = accepted.job_id, .at_most = 100'000}))
      ids.push_back(record.task.task_id);
    return ids;
  }

  TaskCounts count(const std::string& id) {
    return store.count(id, clock.time, labourer(id).attempt_timeout());
  }

  std::string report(const std::string& task_id, const std::string& action,
                     const std::string& more = "") const {
    return R"({"task_id":")" + task_id + R"(","action":")" + action + "\"" + more + "}";
  }
  std::string completed(const std::string& task_id, const std::string& more = "") const {
    return report(task_id, "mark_task_as_completed", more);
  }
  std::string failed(const std::string& task_id, const std::string& more = "") const {
    return report(task_id, "mark_task_as_failed", more);
  }

  Settings settings;
  SimulatedClock clock;
  SeededRandom random;
  RecordedEvents events;
  RecordedAlarm alarm;
  RecordedMessages messages;
  ScriptedFunctions functions;
  MetricBoard metrics;
  Ecology ecology;
  SqliteStore sqlite{":memory:", SqliteStore::Open::create};
  TroubledStore store{sqlite};
  InFlight* in_flight = nullptr;  ///< this and the next from the next start() on
  Orchestrator::TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };

  std::unique_ptr<Scheduler> scheduler;
  std::unique_ptr<Scavenger> scavenger;
  std::unique_ptr<Orchestrator> orchestrator;
  std::unique_ptr<WorkerAssistant> assistant;
  std::unique_ptr<CompletionNotifier> notifier;
};

}  // namespace sosw
