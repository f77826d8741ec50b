// Several processes work with one file at once.

#include <cstdio>
#include <cstring>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"
#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "ports/soundness.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

constexpr Time kBegin{1'795'490'346.25};
constexpr Seconds kAttemptTimeout = 1200;

Job job_numbered(int number) {
  Job job;
  job.job_id = job_id_from(0xabcd'0000'0000'0000 + static_cast<std::uint64_t>(number));
  job.labourer_id = "worker";
  job.created_at = kBegin + number;
  return job;
}

class ProcessesTest : public ::testing::Test {
 protected:
  using Body = std::function<void(SqliteStore&, FILE* say)>;

  ProcessesTest() { SqliteStore(file_, SqliteStore::Open::create); }

  /// Runs each body in a process of its own, all at the same time; the lines that each said.
  std::vector<std::vector<std::string>> run(const std::vector<Body>& bodies) {
    std::vector<std::pair<pid_t, FILE*>> children;
    for (const Body& body : bodies) {
      int ends[2];
      if (pipe(ends) != 0) throw std::runtime_error("no pipe");
      const pid_t pid = fork();
      if (pid == 0) child(body, ends[1]);
      close(ends[1]);
      children.emplace_back(pid, fdopen(ends[0], "r"));
    }
    std::vector<std::vector<std::string>> said;
    for (const auto& [pid, lines] : children) {
      said.emplace_back();
      char line[256];
      while (fgets(line, sizeof line, lines)) said.back().emplace_back(line, std::strcspn(line, "\n"));
      fclose(lines);
      int status = 0;
      waitpid(pid, &status, 0);
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    return said;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "store.db";

 private:
  [[noreturn]] void child(const Body& body, int pipe) {
    try {
      FILE* say = fdopen(pipe, "w");
      SqliteStore store(file_, SqliteStore::Open::existing);
      body(store, say);
      fclose(say);
      _exit(0);
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      _exit(1);
    }
  }
};

/// Accepts a job and writes its tasks in small steps.
void schedule(SqliteStore& store, int job_number, int steps, int tasks_a_step) {
  const Job job = job_numbered(job_number);
  store.accept(job);
  const std::vector<std::string> payloads(static_cast<std::size_t>(tasks_a_step), "{}");
  for (int i = 0; i < steps; ++i)
    store.append(job, static_cast<std::int64_t>(i) * tasks_a_step, payloads, i + 1 == steps, kBegin);
}

/// Claims and completes until `all` tasks are closed; says the ids of those it claimed.
void work_off(SqliteStore& store, const std::string& token, std::int64_t limit, std::int64_t all, FILE* say) {
  const auto closed = [&] { return store.count_closed("worker").completed; };
  for (int turn = 0; closed() < all; ++turn) {
    const std::string own = fmt::format("{} {}", token, turn);
    std::vector<Settlement> ends;
    for (const Task& task : store.claim({"worker", 20, limit, kBegin, kAttemptTimeout, own})) {
      fmt::print(say, "{}\n", task.task_id);
      ends.push_back({.task_id = task.task_id,
                      .seen = Settlement::Seen{invoked_greenfield(kBegin), own},
                      .now = kBegin});
    }
    if (store.count("worker", kBegin, kAttemptTimeout).running > limit) fmt::print(say, "over the limit\n");
    for (const bool moved : store.settle(ends))
      if (!moved) fmt::print(say, "lost\n");
  }
}

TEST_F(ProcessesTest, TasksScheduledWhileOthersWorkRunOnce) {
  constexpr int kSteps = 30, kTasksAStep = 20, kSchedulers = 2;
  constexpr std::int64_t kAll = kSteps * kTasksAStep * kSchedulers;
  const auto said = run({
      [](SqliteStore& store, FILE*) { schedule(store, 1, kSteps, kTasksAStep); },
      [](SqliteStore& store, FILE*) { schedule(store, 2, kSteps, kTasksAStep); },
      [](SqliteStore& store, FILE* say) { work_off(store, "a", 30, kAll, say); },
      [](SqliteStore& store, FILE* say) { work_off(store, "b", 30, kAll, say); },
  });
  std::map<std::string, int> claimed;
  for (const auto& lines : said)
    for (const std::string& line : lines) ++claimed[line];
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kAll));
  for (const auto& [id, times] : claimed) EXPECT_EQ(times, 1) << id;

  SqliteStore store(file_, SqliteStore::Open::existing);
  for (const int job : {1, 2}) {
    const JobProgress progress = store.find_job(job_numbered(job).job_id)->progress;
    EXPECT_EQ(progress.completed, kSteps * kTasksAStep);
    EXPECT_TRUE(progress.finished());
  }
  expect_sound(store, store);
}

TEST_F(ProcessesTest, TwoProcessesThatChunkTheSameJobWriteItOnce) {
  constexpr int kSteps = 40, kTasksAStep = 10;
  const Body chunk = [](SqliteStore& store, FILE*) { schedule(store, 1, kSteps, kTasksAStep); };
  run({chunk, chunk, chunk});
  SqliteStore store(file_, SqliteStore::Open::existing);
  EXPECT_EQ(store.list_jobs(10).size(), 1U);
  EXPECT_EQ(store.find_job(job_numbered(1).job_id)->progress.total, kSteps * kTasksAStep);
  EXPECT_EQ(store.count("worker", kBegin, kAttemptTimeout).queued, kSteps * kTasksAStep);
  expect_sound(store, store);
}

TEST_F(ProcessesTest, PeopleMayActWhileTheEngineRuns) {
  constexpr int kSteps = 20, kTasksAStep = 20;
  run({
      [](SqliteStore& store, FILE*) {
        for (int job = 1; job <= 3; ++job) schedule(store, job, kSteps, kTasksAStep);
      },
      [](SqliteStore& store, FILE*) {
        for (int turn = 0; turn < 100; ++turn) {
          const std::string token = fmt::format("{}", turn);
          std::vector<Settlement> ends;
          for (const Task& task : store.claim({"worker", 10, 100, kBegin, kAttemptTimeout, token}))
            ends.push_back({.task_id = task.task_id,
                            .to = static_cast<Settlement::To>(turn % 3),
                            .seen = Settlement::Seen{invoked_greenfield(kBegin), token},
                            .now = kBegin,
                            .due = kBegin});
          store.settle(ends);
          store.requeue_due("worker", kBegin, 5);
        }
      },
      [](SqliteStore& store, FILE*) {
        for (int turn = 0; turn < 60; ++turn) {
          std::vector<std::string> some, dead;
          for (const auto& one : store.list({.at_most = 5})) some.push_back(one.task.task_id);
          for (const auto& one : store.list({.closed = TaskRecord::Closed::dead, .at_most = 3}))
            dead.push_back(one.task.task_id);
          store.cancel(some, kBegin);
          store.revive(dead, kBegin);
          store.set_control("worker", {.limit = turn});
        }
        store.cancel_job(job_numbered(1).job_id, kBegin);
      },
  });
  SqliteStore store(file_, SqliteStore::Open::existing);
  EXPECT_EQ(store.controls().at("worker").limit, 59);
  expect_sound(store, store);
}

}  // namespace
}  // namespace sosw
