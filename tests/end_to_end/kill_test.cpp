// The engine, killed with -9 under load again and again, loses nothing and does nothing twice at the same
// time. SOSW_KILL_CYCLES sets how often (tests/soak/run: 1000).

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

int kills() {
  const char* wanted = std::getenv("SOSW_KILL_CYCLES");
  return wanted ? std::atoi(wanted) : 5;
}

/// How the engine runs, and its workers.
struct Setup {
  std::string name;
  bool as_service = false;  ///< `sosw up`, to which the job is handed from outside; else `sosw run`
  bool warm_workers = false;
  int tasks_of_a_kill = 0;  ///< on average that many are closed from one kill to the next
};

class EngineKillTest : public ::testing::TestWithParam<Setup> {
 protected:
  EngineKillTest() {
    fs::create_directories(folder_ / "marks");
    setenv("MARKS", (folder_ / "marks").c_str(), 1);
    std::ofstream(folder_ / "sosw.yaml")
        << "labourers:\n  marker:\n    " << (GetParam().warm_workers ? "bootstrap: " : "command: ") << '['
        << SOSW_MARKING_WORKER << "]\n"
        << "    max_simultaneous_invocations: 8\n    max_attempts: 100\n"
        << "    retry: {base: 0.01, max: 0.05}\n"
        << "job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n";
    std::ofstream job(folder_ / "job.json");
    job << R"({"lambda_name": "marker", "isolate_items": true, "items": [0)";
    for (int i = 1; i < tasks_; ++i) job << ',' << i;
    job << "]}";
  }
  ~EngineKillTest() override {
    unsetenv("MARKS");
    fs::remove_all(folder_);
  }

  pid_t start(std::vector<std::string> arguments) const {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    const std::string output = folder_ / "output";
    if (!freopen(output.c_str(), "a", stdout) || !freopen(output.c_str(), "a", stderr)) _exit(127);
    arguments.insert(arguments.begin(), "sosw");
    arguments.insert(arguments.end(), {"-c", folder_ / "sosw.yaml"});
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(SOSW_PROGRAM, argv.data());
    _exit(127);
  }

  pid_t start_engine() const {
    if (GetParam().as_service) return start({"up", "--listen", ":0"});
    return start({"run", folder_ / "job.json"});
  }

  std::int64_t closed() const {
    if (!fs::exists(folder_ / "sosw.db")) return 0;
    try {
      SqliteStore store(folder_ / "sosw.db", SqliteStore::Open::read_only);
      const auto jobs = store.list_jobs(1);
      return jobs.empty() ? 0 : jobs.front().progress.closed();
    } catch (const StoreError&) {
      return 0;  // it is being made this moment
    }
  }

  /// Waits until more than `count` tasks are closed; false when the engine ended before.
  bool wait_for_more_than(std::int64_t count, pid_t engine) const {
    while (closed() <= count) {
      if (waitpid(engine, nullptr, WNOHANG) == engine) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// The engine that comes after the last kill ends the work; a service is told to stop then.
  int finish() const {
    const pid_t engine = start_engine();
    if (GetParam().as_service) {
      wait_for_more_than(tasks_ - 1, engine);
      kill(engine, SIGTERM);
    }
    int status = 0;
    waitpid(engine, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  int count_workers() const {
    int count = 0;
    for (const auto& process : fs::directory_iterator("/proc")) {
      std::ifstream file(process.path() / "environ");
      const std::string environment{std::istreambuf_iterator<char>(file), {}};
      std::error_code not_ours;
      const fs::path program = fs::read_symlink(process.path() / "exe", not_ours);
      count += program == SOSW_MARKING_WORKER && environment.find(folder_.string()) != std::string::npos;
    }
    return count;
  }

  std::string output() const {
    std::ifstream file(folder_ / "output");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_ = fs::temp_directory_path() / ("sosw_kill_test_" + std::to_string(getpid()));
  const int tasks_ = GetParam().tasks_of_a_kill * (kills() + 1);
};

TEST_P(EngineKillTest, EveryTaskIsClosedOnceAndNeverRunsTwiceAtTheSameTime) {
  std::mt19937 random(20'000);
  if (GetParam().as_service) waitpid(start({"schedule", folder_ / "job.json"}), nullptr, 0);
  for (int kill_number = 0; kill_number < kills(); ++kill_number) {
    const std::int64_t done = closed();
    const std::int64_t left = std::max<std::int64_t>(0, tasks_ - done - GetParam().tasks_of_a_kill);
    const std::int64_t until =
        done + std::uniform_int_distribution<std::int64_t>(0, 2 * left / (kills() - kill_number + 1))(random);
    const pid_t engine = start_engine();
    ASSERT_TRUE(wait_for_more_than(until, engine)) << "the work was over before kill " << kill_number;
    kill(engine, SIGKILL);
    waitpid(engine, nullptr, 0);
    ASSERT_LT(closed(), tasks_) << "the work was over before kill " << kill_number;
  }
  EXPECT_EQ(finish(), 0) << output();

  SqliteStore store(folder_ / "sosw.db", SqliteStore::Open::existing);
  const auto jobs = store.list_jobs(10);
  ASSERT_EQ(jobs.size(), 1U) << "a run that was killed must be continued, not scheduled again";
  EXPECT_EQ(jobs.front().progress.completed, tasks_);
  EXPECT_EQ(store.count_closed("marker").completed, tasks_);
  EXPECT_FALSE(fs::exists(folder_ / "marks" / "overlap")) << "two workers of one task ran at the same time";
  EXPECT_EQ(count_workers(), 0) << "orphans";

  std::map<std::string, int> endings;
  for (const auto& mark : fs::directory_iterator(folder_ / "marks")) {
    if (!mark.path().filename().string().starts_with("marks.")) continue;
    std::ifstream file(mark.path());
    const std::string marks{std::istreambuf_iterator<char>(file), {}};
    ++endings[marks.ends_with("be") ? "completed" : "not completed"];
  }
  EXPECT_EQ(endings["completed"], tasks_);
  EXPECT_EQ(endings["not completed"], 0);
}

INSTANTIATE_TEST_SUITE_P(
    Of, EngineKillTest,
    ::testing::Values(
        Setup{.name = "RunWithAProcessPerTask", .tasks_of_a_kill = 300},
        Setup{.name = "RunWithWarmWorkers", .warm_workers = true, .tasks_of_a_kill = 600},
        Setup{.name = "UpWithWarmWorkers", .as_service = true, .warm_workers = true, .tasks_of_a_kill = 600}),
    [](const auto& setup) { return setup.param.name; });

}  // namespace
}  // namespace sosw
