// What cutting a job costs: tasks a second, for jobs of several shapes, and the memory it takes.
// Usage: chunk_bench [--benchmark_filter=...]

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "job/chunker.h"

namespace {

using namespace sosw;

constexpr std::string_view kToday = "2026-11-24";

std::string values(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += fmt::format("{}\"value_{:05}\"", i == 0 ? "" : ",", i);
  return list;
}

/// A list of values, one task each.
std::string flat_job(std::int64_t tasks) {
  return fmt::format(R"({{"isolate_items": true, "note": "some constant text", "items": [{}]}})",
                     values(static_cast<int>(tasks)));
}

/// Sections with 100 stores with 100 items each, all cut.
std::string nested_job(std::int64_t tasks) {
  std::string job = R"({"isolate_items": true, "note": "some constant text", "sections": {)";
  const std::string items = values(100);
  for (int section = 0; section < tasks / 10'000; ++section) {
    job += fmt::format(R"({}"section_{}": {{"stores": {{)", section == 0 ? "" : ",", section);
    for (int store = 0; store < 100; ++store)
      job += fmt::format(R"({}"store_{}": {{"items": [{}]}})", store == 0 ? "" : ",", store, items);
    job += "}}";
  }
  return job + "}}";
}

/// As nested_job, but each store is one task with keys of its own.
std::string small_parts_job(std::int64_t tasks) {
  std::string job = R"({"isolate_stores": true, "note": "some constant text", "stores": {)";
  for (int store = 0; store < tasks; ++store)
    job +=
        fmt::format(R"({}"store_{}": {{"items": [1, 2, 3], "mode": "fast"}})", store == 0 ? "" : ",", store);
  return job + "}}";
}

/// 1 MB of values on each of many days.
std::string daily_job(std::int64_t tasks) {
  constexpr int values_a_day = 71'000;
  return fmt::format(
      R"({{"isolate_items": true, "period": "last_{}_days", "isolate_days": true, "items": [{}]}})",
      tasks / values_a_day, values(values_a_day));
}

double resident_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void chunk(benchmark::State& state, std::string (*job_of)(std::int64_t)) {
  const std::string job = job_of(state.range(0));
  const JobSchema schema({"section", "store", "item"});
  const JobSchema items({"item"});
  const JobSchema stores({"store"});
  const JobSchema& by = job_of == nested_job ? schema : job_of == small_parts_job ? stores : items;
  const double before = resident_megabytes();
  std::int64_t tasks = 0;
  for (auto _ : state) {
    Chunker chunker(JsonText(job), by, kToday, "worker");
    for (std::string payload; chunker.next_payload(payload);) benchmark::DoNotOptimize(payload.data());
    tasks += chunker.index();
  }
  state.SetItemsProcessed(tasks);
  state.counters["job_MB"] = static_cast<double>(job.size()) / 1e6;
  state.counters["grown_MB"] = resident_megabytes() - before;
}

BENCHMARK_CAPTURE(chunk, flat, flat_job)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(chunk, nested, nested_job)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(chunk, small_parts, small_parts_job)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(chunk, daily, daily_job)->Arg(1'000'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

/// Resuming a job of 10 million tasks near its end.
void resume(benchmark::State& state) {
  Chunker chunker(JsonText(daily_job(10'000'000)), JobSchema({"item"}), kToday, "worker");
  std::string payload;
  for (auto _ : state) {
    chunker.skip_to(9'000'000);
    benchmark::DoNotOptimize(chunker.next_payload(payload));
  }
}
BENCHMARK(resume)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
