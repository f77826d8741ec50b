// Some hundred worlds, and proof that a broken promise would be seen in them. `sosw-simulate` runs many more.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "simulation/broken_store.h"
#include "simulation/plan/shrink.h"

namespace sosw::simulation {
namespace {

constexpr std::uint64_t kSeeds = 300;

class Simulation : public ::testing::Test {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
  void TearDown() override { spdlog::set_level(spdlog::level::info); }
};

std::string failure_of(std::uint64_t seed, const Result& result) {
  if (!result.broken) return "";
  return fmt::format("seed {} breaks {}: {}", seed, to_string(result.broken->promise), result.broken->what);
}

/// Runs the seeds and returns what happened in them.
Coverage run_seeds(Plan::Store store, std::uint64_t seeds) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Result result = simulate(plan_from(seed, store));
    coverage.add(result.coverage);
    EXPECT_EQ(failure_of(seed, result), "");
  }
  return coverage;
}

TEST_F(Simulation, EveryPromiseIsKeptOnTheModelStore) {
  const Coverage coverage = run_seeds(Plan::Store::model, kSeeds);
  for (std::size_t i = 0; i < static_cast<std::size_t>(Happened::count_); ++i)
    EXPECT_GT(coverage.of(static_cast<Happened>(i)), 0) << to_string(static_cast<Happened>(i));
}

TEST_F(Simulation, EveryPromiseIsKeptOnTheRealStore) { run_seeds(Plan::Store::sqlite, kSeeds / 3); }

TEST_F(Simulation, TheSameSeedIsTheSameRun) {
  for (const auto store : {Plan::Store::model, Plan::Store::sqlite})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Plan plan = plan_from(seed, store);
      const Result once = simulate(plan), again = simulate(plan, true);
      EXPECT_EQ(once.hash, again.hash) << seed;
      EXPECT_EQ(once.steps, again.steps) << seed;
      EXPECT_NE(once.hash, simulate(plan_from(seed + 1000, store)).hash) << seed;
    }
}

/// A fault of a store, and the promise that it breaks.
struct KnownFault {
  const char* name;
  BrokenStore::Fault fault;
  Promise promise;
};

class BrokenStores : public ::testing::TestWithParam<KnownFault> {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
};

/// The first seed that breaks a promise; nothing when none of them does.
std::optional<Plan> first_broken(const StoreFactory& factory, Promise& promise) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Plan plan = plan_from(seed, Plan::Store::model);
    if (const Result result = simulate(plan, false, factory); result.broken) {
      promise = result.broken->promise;
      return plan;
    }
  }
  return std::nullopt;
}

TEST_P(BrokenStores, AreDetectedAndTheFailureIsMinimized) {
  const StoreFactory factory = [](const Plan& plan, World& world) {
    return std::make_unique<BrokenStore>(make_store(plan, world), GetParam().fault);
  };
  Promise promise{};
  const auto plan = first_broken(factory, promise);
  ASSERT_TRUE(plan);
  EXPECT_EQ(to_string(promise), to_string(GetParam().promise));
  const Shrunk shrunk = shrink(*plan, promise, factory);
  ASSERT_TRUE(shrunk.result.broken);
  EXPECT_EQ(shrunk.result.broken->promise, promise);
  EXPECT_LE(shrunk.plan.tasks(), plan->tasks());
  EXPECT_FALSE(shrunk.result.lines.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, BrokenStores,
    ::testing::Values(KnownFault{"LosesATask", BrokenStore::Fault::loses_a_task, Promise::I1},
                      KnownFault{"ClosesTwice", BrokenStore::Fault::closes_twice, Promise::I2},
                      KnownFault{"ClaimsTwice", BrokenStore::Fault::claims_twice, Promise::I3},
                      KnownFault{"ForgetsTheLimit", BrokenStore::Fault::forgets_the_limit, Promise::I4},
                      KnownFault{"ChangesAByte", BrokenStore::Fault::changes_a_byte, Promise::I7},
                      KnownFault{"SkipsAPlace", BrokenStore::Fault::skips_an_index, Promise::I9}),
    [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace sosw::simulation
