// `sosw run`, killed with -9 again and again, loses nothing and does nothing twice at the same time.

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
#include "sosw/sqlite/sqlite_store.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr int kTasks = 20'000;
constexpr int kKills = 10;

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    fs::create_directories(folder_ / "marks");
    std::ofstream(folder_ / "sosw.yaml")
        << "labourers:\n  marker:\n    command: [" << SOSW_MARKING_WORKER << ", "
        << (folder_ / "marks").string() << "]\n"
        << "    max_simultaneous_invocations: 8\n    max_attempts: 30\n"
        << "    retry: {base: 0.01, max: 0.05}\n"
        << "job_schema_variants:\n  default: {chunkable_attrs: [[item, {}]]}\n";
    std::ofstream job(folder_ / "job.json");
    job << R"({"lambda_name": "marker", "isolate_items": true, "items": [0)";
    for (int i = 1; i < kTasks; ++i) job << ',' << i;
    job << "]}";
  }
  ~KillTest() override { fs::remove_all(folder_); }

  pid_t start() const {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    const std::string output = folder_ / "output";
    if (!freopen(output.c_str(), "a", stdout) || !freopen(output.c_str(), "a", stderr)) _exit(127);
    const std::string job = folder_ / "job.json", config = folder_ / "sosw.yaml";
    execl(SOSW_PROGRAM, "sosw", "run", job.c_str(), "-c", config.c_str(), nullptr);
    _exit(127);
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

  std::string output() const {
    std::ifstream file(folder_ / "output");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_ = fs::temp_directory_path() / ("sosw_kill_test_" + std::to_string(getpid()));
};

TEST_F(KillTest, EveryTaskIsClosedOnceAndNeverRunsTwiceAtTheSameTime) {
  std::mt19937 random(20'000);
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const pid_t engine = start();
    const std::int64_t until = closed() + std::uniform_int_distribution(0, kTasks / kKills)(random);
    ASSERT_TRUE(wait_for_more_than(until, engine)) << output();
    kill(engine, SIGKILL);
    waitpid(engine, nullptr, 0);
  }
  int status = 0;
  waitpid(start(), &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0) << output();

  SqliteStore store(folder_ / "sosw.db", SqliteStore::Open::existing);
  const auto jobs = store.list_jobs(10);
  ASSERT_EQ(jobs.size(), 1U) << "a run that was killed must be continued, not scheduled again";
  EXPECT_EQ(jobs.front().progress.completed, kTasks);
  EXPECT_EQ(store.count_closed("marker").completed, kTasks);
  EXPECT_FALSE(fs::exists(folder_ / "marks" / "overlap")) << "two workers of one task ran at the same time";

  std::map<std::string, int> endings;
  for (const auto& mark : fs::directory_iterator(folder_ / "marks")) {
    if (!mark.path().filename().string().starts_with("marks.")) continue;
    std::ifstream file(mark.path());
    const std::string marks{std::istreambuf_iterator<char>(file), {}};
    ++endings[marks.ends_with("be") ? "completed" : "not completed"];
  }
  EXPECT_EQ(endings["completed"], kTasks);
  EXPECT_EQ(endings["not completed"], 0);
}

}  // namespace
}  // namespace sosw
