// sosw-simulate: runs the whole system in simulated worlds, one after the other, and looks for a broken
// promise. A seed is a world: the same seed is the same run, event for event.

#include <chrono>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "simulation/plan/shrink.h"

namespace sosw::simulation {
namespace {

constexpr std::size_t kLastLines = 60;  // of a trace; the first ones say little about its end
constexpr std::int64_t kTasksOfADay = 1'000'000;

struct Wish {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;
  Plan::Store store = Plan::Store::model;
  bool trace = false;
  bool day = false;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_lines(const std::vector<std::string>& lines, std::size_t at_most) {
  if (lines.size() > at_most) fmt::print("  ... {} lines before\n", lines.size() - at_most);
  for (std::size_t i = lines.size() - std::min(lines.size(), at_most); i < lines.size(); ++i)
    fmt::print("{}\n", lines[i]);
}

void tell_failure(const Wish& wish, const Plan& plan, const PromiseBroken& broken) {
  fmt::print("seed {} breaks {}: {}\n  {}\n  replay with: sosw-simulate --seed {}{}{}\n", plan.seed,
             to_string(broken.promise), broken.what, meaning_of(broken.promise), plan.seed,
             wish.store == Plan::Store::sqlite ? " --store sqlite" : "", wish.day ? " --day" : "");
  fmt::print("The plan of the seed:\n{}", describe(plan));
  if (wish.trace || wish.day) return;
  std::fflush(stdout);
  const Shrunk shrunk = shrink(plan, broken.promise);
  fmt::print("The smallest plan found that breaks it too ({} runs):\n{}", shrunk.runs, describe(shrunk.plan));
  print_lines(shrunk.result.lines, kLastLines);
  fmt::print("{}: {}\n", to_string(shrunk.result.broken->promise), shrunk.result.broken->what);
}

void tell_coverage(const Coverage& coverage) {
  fmt::print("What happened:\n");
  std::string never;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Happened::count_); ++i) {
    const auto what = static_cast<Happened>(i);
    fmt::print("  {:<26} {}\n", to_string(what), coverage.of(what));
    if (coverage.of(what) == 0) never += fmt::format("{}{}", never.empty() ? "" : ", ", to_string(what));
  }
  if (!never.empty()) fmt::print("Warning: never happened: {}\n", never);
}

/// Returns the exit code.
int run(const Wish& wish) {
  Coverage coverage;
  std::int64_t steps = 0;
  Seconds simulated = 0;
  const auto start = std::chrono::steady_clock::now();
  double told = 0;
  for (std::uint64_t i = 0; i < wish.seeds; ++i) {
    const std::uint64_t seed = wish.first_seed + i;
    const Plan plan = wish.day ? busy_day(seed, kTasksOfADay, wish.store) : plan_from(seed, wish.store);
    const Result result = simulate(plan, wish.trace);
    coverage.add(result.coverage);
    steps += result.steps;
    simulated += result.elapsed;
    if (wish.trace) print_lines(result.lines, result.lines.size());
    if (result.broken) {
      tell_failure(wish, plan, *result.broken);
      return 1;
    }
    if (const double passed = seconds_since(start); passed - told > 5) {
      told = passed;
      fmt::print("{} of {} seeds, {:.0f} a second\n", i + 1, wish.seeds, static_cast<double>(i + 1) / passed);
      std::fflush(stdout);
    }
  }
  tell_coverage(coverage);
  const double passed = seconds_since(start);
  fmt::print(
      "{} seeds kept every promise: {} steps, {:.1f} simulated hours, {:.1f} s ({:.0f} seeds a second)\n",
      wish.seeds, steps, simulated / 3600, passed, static_cast<double>(wish.seeds) / passed);
  return 0;
}

int main_of(int argc, char** argv) {
  Wish wish;
  CLI::App app("Runs sosw in simulated worlds and checks its promises after every step.");
  app.add_option("--seed", wish.first_seed, "the first seed");
  app.add_option("--seeds", wish.seeds, "how many seeds, one after the other");
  app.add_option("--store", wish.store, "model (with stale reads) or sqlite (the real one, in memory)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Plan::Store>{{"model", Plan::Store::model}, {"sqlite", Plan::Store::sqlite}}))
      ->option_text("model|sqlite");
  app.add_flag("--trace", wish.trace, "print every step, and what the essentials log");
  app.add_flag("--day", wish.day, "a day of 10 labourers and 1,000,000 tasks");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(wish.trace ? spdlog::level::info : spdlog::level::off);
  return run(wish);
}

}  // namespace
}  // namespace sosw::simulation

int main(int argc, char** argv) { return sosw::simulation::main_of(argc, argv); }
