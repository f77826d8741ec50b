// What the store costs: the whole life of a task, and single calls with much and little queued.
// Usage: store_bench [--benchmark_filter=...]; the files go to $TMPDIR.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sosw/model/task_id.h"

#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"

namespace {

using namespace sosw;

constexpr Seconds kAttemptTimeout = 1200;

/// A store in a folder of its own, with a clock that only moves when something happens.
class FreshStore {
 public:
  SqliteStore& operator*() { return store_; }
  SqliteStore* operator->() { return &store_; }
  Time now() { return now_ += 0.001; }

  Job accept() {
    Job job;
    job.job_id = job_id_from(0xabcdef0000000000 + static_cast<std::uint64_t>(++jobs_));
    job.labourer_id = "worker";
    job.document = "{}";
    job.schema = "[]";
    job.today = "2026-11-24";
    job.created_at = now();
    return store_.accept(job);
  }

  void fill(std::int64_t tasks) {
    const std::vector<std::string> payloads = some_payloads(10'000);
    const Job job = accept();
    for (std::int64_t index = 0; index < tasks; index += 10'000)
      store_.append(job, index, payloads, false, now());
  }

  static std::vector<std::string> some_payloads(std::int64_t count) {
    std::vector<std::string> payloads;
    for (std::int64_t i = 0; i < count; ++i)
      payloads.push_back(fmt::format(
          R"({{"isolate_items": true, "note": "some constant text", "items": [{}]}})", 1'000'000'000 + i));
    return payloads;
  }

 private:
  struct Folder {
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("sosw_store_bench_{}", getpid());
  };

  Folder folder_;
  SqliteStore store_{folder_.path / "bench.db", SqliteStore::Open::create};
  Time now_{1795490346.0};
  int jobs_ = 0;
};

void record(SqliteEventLog& log, std::span<const Task> tasks, std::initializer_list<TaskAction> actions,
            Time now) {
  std::vector<TaskEvent> events;
  for (const Task& task : tasks)
    for (const TaskAction action : actions)
      events.push_back({task.task_id, task.labourer_id, action, now, ""});
  log.record(events);
}

Claim claim_of(std::int64_t tasks, Time now) {
  return {"worker", tasks, 1'000'000, now, kAttemptTimeout, "0123456789abcdef"};
}

/// Scheduled, invoked, completed and archived with all events, in batches; `queued` others wait behind.
void life_of_a_task(benchmark::State& state) {
  FreshStore store;
  SqliteEventLog log(*store, "store_bench");
  const std::int64_t batch = state.range(0);
  const std::vector<std::string> payloads = FreshStore::some_payloads(batch);
  store.fill(state.range(1));
  const Job job = store.accept();
  std::int64_t index = 0;
  for ([[maybe_unused]] const auto once : state) {
    store->append(job, index, payloads, false, store.now());
    std::vector<TaskEvent> created;
    const Time created_at = store.now();
    for (std::int64_t i = 0; i < batch; ++i)
      created.push_back({task_id(job.job_id, index + i), "worker", TaskAction::created, created_at, ""});
    log.record(created);
    index += batch;

    const std::vector<Task> claimed = store->claim(claim_of(batch, store.now()));
    record(log, claimed, {TaskAction::invoked}, store.now());

    const Time ended = store.now();
    std::vector<Settlement> settlements;
    for (const Task& task : claimed)
      settlements.push_back({.task_id = task.task_id, .now = ended, .result = R"({"ok": true})"});
    store->settle(settlements);
    record(log, claimed, {TaskAction::completed, TaskAction::archived}, ended);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(life_of_a_task)
    ->ArgNames({"batch", "queued"})
    ->Args({1000, 0})
    ->Args({1000, 300'000})
    ->Args({500, 300'000})
    ->Iterations(500)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Claimed and put back, so that as many stay queued.
void claim_of_100(benchmark::State& state) {
  FreshStore store;
  store.fill(state.range(0));
  for ([[maybe_unused]] const auto once : state) {
    const std::vector<Task> claimed = store->claim(claim_of(100, store.now()));
    state.PauseTiming();
    store->release(claimed);
    state.ResumeTiming();
  }
}
BENCHMARK(claim_of_100)
    ->ArgName("queued")
    ->Arg(10'000)
    ->Arg(10'000'000)
    ->Iterations(2000)
    ->Unit(benchmark::kMicrosecond);

void append(benchmark::State& state) {
  FreshStore store;
  const std::vector<std::string> payloads = FreshStore::some_payloads(1000);
  const Job job = store.accept();
  std::int64_t index = 0;
  for ([[maybe_unused]] const auto once : state) {
    store->append(job, index, payloads, false, store.now());
    index += 1000;
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(append)->Iterations(500)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
