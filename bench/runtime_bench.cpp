// Invocations through warm C++ processes over the Lambda Runtime API: how many a second, and how long one
// takes. Usage: runtime_bench WORKER [processes] [invocations] [latency samples]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runners/runtime/runtime_functions.h"
#include "system/system_clock.h"

namespace {

using namespace sosw;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

struct Bench {
  explicit Bench(const char* program)
      : functions(outcomes, clock, {{"worker", {.argv = {program}, .directory = "."}}}) {}

  void invoke(std::size_t count) {
    std::vector<Invocation> batch;
    for (std::size_t i = 0; i < count; ++i)
      batch.push_back(
          {&worker,
           {.task_id = "0123456789abcdef0123456789abcdef", .labourer_id = "worker"},
           R"({"item": 1000000001, "note": "some constant text", "task_id": "0123456789abcdef0123456789abcdef",)"
           R"("labourer_id": "worker", "created_at": 1795490346.8965256, "greenfield": 2000, "attempts": 0})"});
    functions.invoke(std::move(batch));
  }
  std::size_t wait() {
    outcomes.wait_for(10);
    const auto arrived = outcomes.take();
    for (const Outcome& outcome : arrived)
      if (!outcome.succeeded) {
        fmt::print(stderr, "{}\n", outcome.reason);
        std::exit(1);
      }
    return arrived.size();
  }

  Labourer worker{.id = "worker"};
  SystemClock clock;
  Outcomes outcomes;
  RuntimeFunctions functions;
};

void measure_throughput(Bench& bench, std::size_t processes, std::size_t invocations) {
  bench.invoke(processes);
  for (std::size_t warm = 0; warm < processes;) warm += bench.wait();
  const auto start = Steady::now();
  std::size_t done = 0;
  std::size_t begun = std::min(processes, invocations);
  bench.invoke(begun);
  while (done < invocations) {
    const std::size_t arrived = bench.wait();
    done += arrived;
    const std::size_t more = std::min(arrived, invocations - begun);
    bench.invoke(more);
    begun += more;
  }
  fmt::print("warm C++ processes ({:>2}), Runtime API   {:>8.0f} invocations/s\n", processes,
             static_cast<double>(invocations) / seconds_since(start));
}

void measure_latency(Bench& bench, std::size_t samples) {
  std::vector<double> took;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto start = Steady::now();
    bench.invoke(1);
    while (bench.wait() == 0) {
    }
    took.push_back(seconds_since(start) * 1000);
  }
  std::ranges::sort(took);
  fmt::print("one invocation and its outcome           p50 {:.2f} ms   p99 {:.2f} ms\n",
             took[took.size() / 2], took[took.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::atoll(argv[i])) : otherwise;
  };
  spdlog::set_level(spdlog::level::warn);
  Bench bench(argv[1]);
  measure_throughput(bench, number(2, 16), number(3, 200'000));
  measure_latency(bench, number(4, 2'000));
}
