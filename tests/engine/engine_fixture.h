#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "config/parse_settings.h"
#include "engine/engine.h"
#include "runners/callable_functions.h"
#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "text/json.h"

namespace sosw {

/// An alarm that remembers.
struct NotedAlarms final : Alarm {
  void raise(const std::string&, const std::string& message) override { messages.push_back(message); }
  void send() override {}
  std::vector<std::string> messages;
};

/// A metric whose value the test sets.
struct SetMetric final : MetricSource {
  bool accepts(const std::string&) const override { return true; }
  std::vector<Reading> read(std::span<const std::string> details) override {
    return std::vector<Reading>(details.size(), {value, ""});
  }
  double value = 100;
};

/// A folder that is gone with its owner.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sosw_engine_XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path path;
};

/// An engine over a store file, with C++ callables as its workers.
struct EngineFixture {
  EngineFixture(const std::filesystem::path& file, const std::string& settings_json)
      : settings(parse_settings(Json::parse(settings_json))), store(file, SqliteStore::Open::create) {}

  /// Runs until the job is closed.
  JobProgress finish(const std::string& job_id) {
    engine.run([&] { return !store.find_job(job_id)->progress.finished(); });
    return store.find_job(job_id)->progress;
  }
  JobProgress run(const std::string& job) { return finish(engine.scheduler().accept(job).front().job_id); }

  Settings settings;
  SetMetric metric;
  Ecology ecology{settings, {&metric}};
  SqliteStore store;
  SqliteEventLog events{store, "engine_test"};
  Outcomes outcomes;
  CallableFunctions functions{outcomes, 2};
  NotedAlarms alarm;
  SystemClock clock;
  SystemRandom random;
  Engine engine{{settings, ecology, store, store, store, events, functions, outcomes, alarm, clock, random,
                 [this] { return store.version(); }}};
};

/// A job of `count` tasks for the labourer "worker".
inline std::string job_of(int count, const std::string& more = "") {
  std::string job = R"({"lambda_name": "worker", "isolate_items": true, )" + more + R"("items": [)";
  for (int i = 0; i < count; ++i) job += (i ? "," : "") + std::to_string(i);
  return job + "]}";
}

}  // namespace sosw
