#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "runners/process_fixture.h"
#include "runners/runtime/runtime_functions.h"
#include "system/system_clock.h"

namespace sosw {

/// Labourers that are warm processes, each with a program of tests/runners/workers or one of its own.
class RuntimeFixture : public ::testing::Test {
 protected:
  static constexpr const char* kWorkers = SOSW_SOURCE_DIR "/tests/runners/workers";

  RuntimeFixture() { setenv("SOSW_WARM_TEST", std::to_string(getpid()).c_str(), 1); }
  ~RuntimeFixture() override { unsetenv("SOSW_WARM_TEST"); }

  /// The processes that this test has started and that are still there; other tests may run beside it.
  static std::vector<pid_t> processes() { return processes_with(fmt::format("SOSW_WARM_TEST={}", getpid())); }

  void add(const std::string& id, Bootstrap bootstrap, Seconds duration = 60) {
    if (bootstrap.directory.empty()) bootstrap.directory = kWorkers;
    bootstraps_[id] = std::move(bootstrap);
    labourers_[id] = {.id = id, .duration = duration};
  }
  void add_python(const std::string& id, Seconds duration = 60, const std::string& handler = "a.handler") {
    add(id, {.argv = {"python3", "runtime_worker.py"}, .handler = handler}, duration);
  }
  void add_cpp(const std::string& id, Seconds duration = 60) {
    add(id, {.argv = {SOSW_RUNTIME_WORKER}}, duration);
  }

  RuntimeFunctions& functions() {
    if (!functions_)
      functions_ = std::make_unique<RuntimeFunctions>(outcomes_, clock_, bootstraps_, options_);
    return *functions_;
  }

  Dispatch invoke(const std::string& id, const std::string& task_id, std::string event = "{}") {
    std::vector<Invocation> one;
    one.push_back(
        {&labourers_.at(id), {.task_id = task_id, .labourer_id = id, .token = "k"}, std::move(event)});
    return functions().invoke(std::move(one)).at(0);
  }
  Outcome outcome_of(const std::string& id, std::string event = "{}") {
    EXPECT_EQ(invoke(id, "t", std::move(event)).kind, Dispatch::Kind::accepted);
    return outcomes_of(outcomes_, 1).at("t");
  }

  /// Outcomes of that many tasks, t0, t1, ..., invoked in one call.
  std::map<std::string, Outcome> outcomes_of_many(const std::string& id, int count,
                                                  const std::string& event) {
    std::vector<Invocation> all;
    for (int i = 0; i < count; ++i)
      all.push_back({&labourers_.at(id), {.task_id = fmt::format("t{}", i), .labourer_id = id}, event});
    for (const Dispatch& dispatch : functions().invoke(std::move(all)))
      EXPECT_EQ(dispatch.kind, Dispatch::Kind::accepted) << dispatch.problem;
    return outcomes_of(outcomes_, static_cast<std::size_t>(count));
  }

  static bool have(const std::string& program) {
    return std::system(("command -v " + program + " > /dev/null").c_str()) == 0;
  }

  RuntimeOptions options_{.termination_timeout = 60};
  std::map<std::string, Bootstrap> bootstraps_;
  std::map<std::string, Labourer> labourers_;
  SystemClock clock_;
  Outcomes outcomes_;
  std::unique_ptr<RuntimeFunctions> functions_;
};

}  // namespace sosw
