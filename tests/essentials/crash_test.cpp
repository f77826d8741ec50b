// The process dies before or after its Nth call of the store, for every N: whoever comes next finishes the
// work, and the promises hold (I1, I2, I5, I8, I9).

#include <map>
#include <set>

#include <gmock/gmock.h>

#include "essentials/installation.h"
#include "log_lines.h"

namespace sosw {
namespace {

constexpr auto kCrashConfig = R"({"labourers": {
    "a": {"max_simultaneous_invocations": 2, "max_attempts": 3, "duration": 60, "cooldown": 30,
          "retry": {"jitter": 0}},
    "report": {}},
  "job_schema": {"chunkable_attrs": [["n", {}]]}})";
constexpr int kTasks = 5;

/// One installation, the workers it calls, and a process that dies at one of its calls.
class MortalInstallation {
 public:
  enum class When { before, after };
  MortalInstallation(int fatal_call, When when, bool writes_tasks_with_jobs) : house_(kCrashConfig) {
    house_.store.writes_tasks_with_jobs = writes_tasks_with_jobs;
    const auto count = [this, fatal_call](const std::string&, const std::string&) {
      if (++calls_ == fatal_call) throw Crash();
    };
    (when == When::before ? house_.store.before : house_.store.after) = count;
    house_.functions.decide = [this](const Invocation& call) -> Dispatch {
      const int piece = Json::parse(call.event).value("ns", Json::array({-1})).at(0);
      if (piece == 2 && refusals_++ == 0) return {Dispatch::Kind::refused, "throttled"};
      if (piece == 3) return {Dispatch::Kind::failed, "no program"};
      return {};
    };
  }

  /// Whether it lived to the end.
  bool live() {
    try {
      work();
      return true;
    } catch (const Crash&) {
      house_.store.before = nullptr;
      house_.store.after = nullptr;
      house_.start();
      for (const auto& [id, labourer] : house_.settings.labourers) house_.scavenger->recover(labourer);
      house_.scheduler->resume();
      work();
      return false;
    }
  }

  void check() {
    std::map<std::string, TaskRecord> tasks;
    for (const TaskRecord& record : house_.store.list({.at_most = 1000})) {
      EXPECT_TRUE(tasks.emplace(record.task.task_id, record).second) << "a task in two places";
      EXPECT_EQ(record.table, TaskRecord::Table::closed) << record.task.task_id;
      EXPECT_LE(record.task.attempts, 3);
    }
    EXPECT_EQ(tasks.size(), kTasks + 1U);  // and the one of on_complete
    EXPECT_EQ(house_.store.count_closed("a").completed, kTasks - 1);
    EXPECT_EQ(house_.store.count_closed("a").dead, 1);  // the one without a program
    EXPECT_EQ(house_.store.count_closed("report").completed, 1);
    for (const Job& job : house_.store.list_jobs(10)) EXPECT_TRUE(job.progress.finished()) << job.job_id;

    std::map<std::string, int> archived;
    for (const TaskEvent& event : house_.events.all)
      if (event.action == TaskAction::archived || event.action == TaskAction::archived_dead)
        ++archived[event.task_id];
    for (const auto& [id, times] : archived) EXPECT_LE(times, 1) << "closed twice: " << id;
  }

 private:
  void work() {
    Json job = job_in_pieces("a", "n", kTasks);
    job["idempotency_key"] = "the job";
    job["on_complete"] = {{"labourer", "report"}};
    house_.scheduler->accept(job.dump());
    for (int turn = 0; turn < 40; ++turn) {
      while (!house_.scheduler->idle()) house_.scheduler->step();
      house_.orchestrator->run();
      end_workers(turn);
      house_.scavenger->run();
      house_.announcements->run();
      house_.clock.time += 61;  // retries and announcements become due, silent workers expire
    }
  }

  /// Some end where their engine sees it, some report, some are never heard of.
  void end_workers(int turn) {
    std::vector<Outcome> outcomes;
    for (const Invocation& call : std::exchange(house_.functions.called, {})) {
      const int piece = Json::parse(call.event).value("ns", Json::array({-1})).at(0);
      if (piece == 1 && turn < 5 && silent_++ == 0) continue;
      if (piece == 0)
        house_.assistant->handle(house_.completed(call.task.task_id));
      else if (piece == 4 && failures_++ == 0)
        house_.assistant->handle(house_.failed(call.task.task_id));
      else
        outcomes.push_back({.task = call.task, .succeeded = true});
    }
    house_.scavenger->settle(outcomes);
  }

  Installation house_;
  int calls_ = 0;
  int refusals_ = 0;
  int failures_ = 0;
  int silent_ = 0;
};

void die_at_every_call(MortalInstallation::When when, bool writes_tasks_with_jobs = true) {
  const LoggedLines log;
  for (int fatal_call = 1;; ++fatal_call) {
    SCOPED_TRACE(fatal_call);
    MortalInstallation house(fatal_call, when, writes_tasks_with_jobs);
    const bool lived = house.live();
    house.check();
    if (lived) {
      EXPECT_GT(fatal_call, 100) << "the scenario has become too short to mean anything";
      return;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Crash, BeforeAnyCallLosesNothing) { die_at_every_call(MortalInstallation::When::before); }

TEST(Crash, AfterAnyCallLosesNothing) { die_at_every_call(MortalInstallation::When::after); }

TEST(Crash, AfterAnyCallLosesNothingInAStoreThatWritesTasksLater) {
  die_at_every_call(MortalInstallation::When::after, false);
}

}  // namespace
}  // namespace sosw
