// The whole system on one machine: the life of a task from schedule to archive, and how soon a task starts.
// Usage: engine_bench [tasks] [latency samples]

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "config/parse_settings.h"
#include "engine/engine.h"
#include "notify/log_alarm.h"
#include "runners/callable_functions.h"
#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "text/json.h"

namespace {

using namespace sosw;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

Settings settings_of_bench() {
  return parse_settings(Json::parse(R"({
    "labourers": {"worker": {"max_simultaneous_invocations": 4000}},
    "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})"));
}

/// An engine over a fresh store file, with one C++ callable as its worker.
struct DynamoEngine {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("sosw_bench_{}", getpid());
  struct Folder {
    explicit Folder(const std::filesystem::path& path_) : path(path_) {
      std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
  } made{folder};
  Settings settings = settings_of_bench();
  Ecology ecology{settings, {}};
  SqliteStore store{folder / "bench.db", SqliteStore::Open::create};
  SqliteEventLog events{store, "engine_bench"};
  Outcomes outcomes;
  CallableFunctions functions{outcomes, 1};
  LogAlarm alarm;
  SystemClock clock;
  SystemRandom random;
  Engine engine{{settings, ecology, store, store, store, events, functions, outcomes, alarm, clock, random,
                 [this] { return store.version(); }}};
};

std::string job_of(std::int64_t tasks) {
  std::string job =
      R"({"lambda_name": "worker", "isolate_items": true, "note": "some constant text", "items": [)";
  for (std::int64_t i = 0; i < tasks; ++i) job += (i ? "," : "") + std::to_string(1'000'000'000 + i);
  return job + "]}";
}

void measure_life(std::int64_t tasks) {
  DynamoEngine here;
  std::atomic<std::int64_t> calls = 0;
  here.functions.add("worker", [&](const TaskAttempt&) {
    calls.fetch_add(1, std::memory_order_relaxed);
    return std::string(R"({"ok": true})");
  });
  const std::string job = job_of(tasks);
  const auto start = Steady::now();
  const std::string job_id = here.engine.scheduler().accept(job).front().job_id;
  std::int64_t turns = 0;
  here.engine.run([&] { return ++turns % 64 != 0 || !here.store.find_job(job_id)->progress.finished(); });
  const double took = seconds_since(start);
  const JobProgress progress = here.store.find_job(job_id)->progress;
  fmt::print(
      "life of a task, SQLite, C++ callable, events on   {:>9.0f} tasks/s   ({} of {} completed, {} calls)\n",
      static_cast<double>(tasks) / took, progress.completed, tasks, calls.load());
}

void measure_latency(std::size_t samples) {
  DynamoEngine here;
  std::atomic<Steady::time_point> started;
  std::atomic<bool> ran = false;
  here.functions.add("worker", [&](const TaskAttempt&) {
    started = Steady::now();
    ran = true;
    ran.notify_one();
    return std::string();
  });
  std::atomic<bool> wanted = false;
  std::atomic<bool> enough = false;
  std::vector<double> took;
  std::jthread client([&] {
    for (std::size_t i = 0; i < samples; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(3));  // the engine comes to rest
      const auto asked = Steady::now();
      wanted = true;
      here.outcomes.wake();
      ran.wait(false);
      ran = false;
      took.push_back(std::chrono::duration<double>(started.load() - asked).count() * 1000);
    }
    enough = true;
    here.outcomes.wake();
  });
  here.engine.run([&] {
    if (wanted.exchange(false)) here.engine.scheduler().accept(R"({"lambda_name": "worker", "n": 1})");
    return !enough;
  });
  client.join();
  std::ranges::sort(took);
  fmt::print("schedule to start of a C++ callable, idle engine   p50 {:.2f} ms   p99 {:.2f} ms\n",
             took[took.size() / 2], took[took.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::warn);
  measure_life(argc > 1 ? std::atoll(argv[1]) : 300'000);
  measure_latency(argc > 2 ? static_cast<std::size_t>(std::atoll(argv[2])) : 1'000);
}
