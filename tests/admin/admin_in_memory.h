#pragma once

#include <string>
#include <vector>

#include "admin/store_admin_service.h"
#include "config/parse_settings.h"
#include "essentials/doubles.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {

/// An admin service over a store in memory, with the store at hand. Two labourers, "work" and "idle".
struct AdminInMemory {
  /// Schedules a job of so many tasks for "work" and returns its id.
  std::string schedule(int tasks, const std::string& more = "") {
    std::string job = R"({"lambda_name": "work", "isolate_items": true, )" + more + R"("items": [)";
    for (int i = 0; i < tasks; ++i) job += (i > 0 ? "," : "") + std::to_string(i);
    return Json::parse(admin.schedule(JsonText(job + "]}")))[0]["job_id"];
  }

  /// Has so many tasks of "work" invoked.
  std::vector<Task> start(int count) {
    return store.claim({.labourer_id = "work",
                        .at_most = count,
                        .limit = 1000,
                        .now = clock.time,
                        .attempt_timeout = Labourer{}.attempt_timeout(),
                        .token = "t"});
  }

  /// Closes a task that was started.
  void close(const Task& task, Settlement::To to, const std::string& result = "") {
    store.settle(std::vector<Settlement>{{.task_id = task.task_id,
                                          .to = to,
                                          .seen = Settlement::Seen{invoked_greenfield(clock.time), "t"},
                                          .now = clock.time,
                                          .result = result,
                                          .reason = "no luck"}});
  }

  MetricBoard board;
  Settings settings = parse_settings(Json::parse(R"({
      "labourers": {
        "work": {"max_simultaneous_invocations": 8, "max_attempts": 1, "health_metrics": {
          "db": {"details": {"source": "board", "name": "db"}, "feelings": {"3": 80, "1": 95},
                 "feeling_comparison_operator": "le"}}},
        "idle": {}},
      "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})"));
  Ecology ecology{settings, {&board}};
  SqliteStore store{":memory:", SqliteStore::Open::create};
  RecordedEvents events;
  SimulatedClock clock;
  SeededRandom random;
  StoreAdminService::Parts parts = {.settings = settings,
                                    .tasks = store,
                                    .jobs = store,
                                    .admin = store,
                                    .events = events,
                                    .ecology = ecology,
                                    .clock = clock,
                                    .random = random,
                                    .rules = &store};
  StoreAdminService admin{parts};
};

}  // namespace sosw
