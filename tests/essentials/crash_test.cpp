// The process dies before or after its Nth call of the store, for every N: whoever comes next finishes the
// work, and the promises hold (I1, I2, I5, I8, I9).

#include <map>
#include <set>

#include <gmock/gmock.h>

#include "essentials/essentials_fixture.h"
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
class CrashingEssentials {
 public:
  enum class When { before, after };
  CrashingEssentials(int fatal_call, When when, bool writes_tasks_with_jobs) : fixture_(kCrashConfig) {
    fixture_.store.writes_tasks_with_jobs = writes_tasks_with_jobs;
    const auto count = [this, fatal_call](const std::string&, const std::string&) {
      if (++calls_ == fatal_call) throw Crash();
    };
    (when == When::before ? fixture_.store.before : fixture_.store.after) = count;
    fixture_.functions.decide = [this](const Invocation& call) -> Dispatch {
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
      fixture_.store.before = nullptr;
      fixture_.store.after = nullptr;
      fixture_.start();
      for (const auto& [id, labourer] : fixture_.settings.labourers) fixture_.scavenger->recover(labourer);
      fixture_.scheduler->resume();
      work();
      return false;
    }
  }

  void check() {
    std::map<std::string, TaskRecord> tasks;
    for (const TaskRecord& record : fixture_.store.list({.at_most = 1000})) {
      EXPECT_TRUE(tasks.emplace(record.task.task_id, record).second) << "a task in two places";
      EXPECT_EQ(record.table, TaskRecord::Table::closed) << record.task.task_id;
      EXPECT_LE(record.task.attempts, 3);
    }
    EXPECT_EQ(tasks.size(), kTasks + 1U);  // and the one of on_complete
    EXPECT_EQ(fixture_.store.count_closed("a").completed, kTasks - 1);
    EXPECT_EQ(fixture_.store.count_closed("a").dead, 1);  // the one without a program
    EXPECT_EQ(fixture_.store.count_closed("report").completed, 1);
    for (const Job& job : fixture_.store.list_jobs(10)) EXPECT_TRUE(job.progress.finished()) << job.job_id;

    std::map<std::string, int> archived;
    for (const TaskEvent& event : fixture_.events.all)
      if (event.action == TaskAction::archived || event.action == TaskAction::archived_dead)
        ++archived[event.task_id];
    for (const auto& [id, times] : archived) EXPECT_LE(times, 1) << "closed twice: " << id;
  }

 private:
  void work() {
    Json job = job_in_pieces("a", "n", kTasks);
    job["idempotency_key"] = "the job";
    job["on_complete"] = {{"labourer", "report"}};
    fixture_.scheduler->accept(job.dump());
    for (int turn = 0; turn < 40; ++turn) {
      while (!fixture_.scheduler->idle()) fixture_.scheduler->step();
      fixture_.orchestrator->run();
      end_workers(turn);
      fixture_.scavenger->run();
      fixture_.notifier->run();
      fixture_.clock.time += 61;  // retries and announcements become due, silent workers expire
    }
  }

  /// Some end where their engine sees it, some report, some are never heard of.
  void end_workers(int turn) {
    std::vector<Outcome> outcomes;
    for (const Invocation& call : std::exchange(fixture_.functions.called, {})) {
      const int piece = Json::parse(call.event).value("ns", Json::array({-1})).at(0);
      if (piece == 1 && turn < 5 && silent_++ == 0) continue;
      if (piece == 0)
        fixture_.assistant->handle(fixture_.completed(call.task.task_id));
      else if (piece == 4 && failures_++ == 0)
        fixture_.assistant->handle(fixture_.failed(call.task.task_id));
      else
        outcomes.push_back({.task = call.task, .succeeded = true});
    }
    fixture_.scavenger->settle(outcomes);
  }

  EssentialsFixture fixture_;
  int calls_ = 0;
  int refusals_ = 0;
  int failures_ = 0;
  int silent_ = 0;
};

void die_at_every_call(CrashingEssentials::When when, bool writes_tasks_with_jobs = true) {
  const LoggedLines log;
  for (int fatal_call = 1;; ++fatal_call) {
    SCOPED_TRACE(fatal_call);
    CrashingEssentials fixture(fatal_call, when, writes_tasks_with_jobs);
    const bool lived = fixture.live();
    fixture.check();
    if (lived) {
      EXPECT_GT(fatal_call, 100) << "the scenario has become too short to mean anything";
      return;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Crash, BeforeAnyCallLosesNothing) { die_at_every_call(CrashingEssentials::When::before); }

TEST(Crash, AfterAnyCallLosesNothing) { die_at_every_call(CrashingEssentials::When::after); }

TEST(Crash, AfterAnyCallLosesNothingInAStoreThatWritesTasksLater) {
  die_at_every_call(CrashingEssentials::When::after, false);
}

}  // namespace
}  // namespace sosw
