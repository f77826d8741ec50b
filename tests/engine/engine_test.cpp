#include "engine/engine.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "sosw/model/errors.h"

#include "engine/engine_fixture.h"
#include "essentials/troubled_store.h"

namespace sosw {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kSettings = R"({
  "labourers": {"worker": {"max_simultaneous_invocations": 8, "max_attempts": 3, "retry": {"base": 0.01, "max": 0.02}}},
  "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})";

/// No file of this process may grow until end().
class FullDisk {
 public:
  FullDisk() {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() { end(); }
  void end() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class EngineTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "sosw.db";
};

TEST_F(EngineTest, RunsEveryTaskOfAJobOnce) {
  EngineFixture here(file_, kSettings);
  std::mutex mutex;
  std::multiset<int> items;
  here.functions.add("worker", [&](const TaskAttempt& attempt) {
    const std::lock_guard lock(mutex);
    items.insert(Json::parse(attempt.payload)["items"][0].get<int>());
    return std::string(R"({"fine": true})");
  });
  const JobProgress progress = here.run(job_of(3000));
  EXPECT_EQ(progress.completed, 3000);
  EXPECT_EQ(items.size(), 3000U);
  EXPECT_EQ(std::set<int>(items.begin(), items.end()).size(), 3000U);
  const auto closed = here.store.list({.table = TaskRecord::Table::closed, .at_most = 1});
  EXPECT_EQ(closed.at(0).task.result, R"({"fine": true})");
}

TEST_F(EngineTest, RecordsTheLifeOfATask) {
  EngineFixture here(file_, kSettings);
  here.functions.add("worker", [](const TaskAttempt&) { return std::string(); });
  here.run(job_of(1));
  const auto task = here.store.list({}).at(0).task;
  std::vector<std::string_view> actions;
  for (const TaskEvent& event : here.store.history(task.task_id)) actions.push_back(to_string(event.action));
  EXPECT_THAT(actions, ElementsAre("created", "invoked", "completed", "archived"));
}

TEST_F(EngineTest, RetriesAFailedTaskAndClosesItAsDeadWithAnAlarmAfterMaxAttempts) {
  EngineFixture here(file_, kSettings);
  std::atomic<int> calls = 0;
  here.functions.add("worker", [&](const TaskAttempt& attempt) -> std::string {
    ++calls;
    if (Json::parse(attempt.payload)["items"][0] == 0 || attempt.number == 1)
      throw std::runtime_error("the database is away");
    return "";
  });
  const JobProgress progress = here.run(job_of(4));
  EXPECT_EQ(progress.completed, 3);
  EXPECT_EQ(progress.dead, 1);
  EXPECT_EQ(calls, 2 * 3 + 3);
  ASSERT_EQ(here.alarm.messages.size(), 1U);
  EXPECT_THAT(here.alarm.messages[0], HasSubstr("Closing dead task: "));
  EXPECT_THAT(here.alarm.messages[0], HasSubstr("the database is away"));
}

TEST_F(EngineTest, NeverRunsMoreThanTheLimit) {
  EngineFixture here(file_, kSettings);
  std::atomic<int> running = 0, most = 0;
  here.functions.add("worker", [&](const TaskAttempt&) {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    --running;
    return std::string();
  });
  here.run(job_of(500));
  EXPECT_LE(most, 8);
  EXPECT_GE(most, 1);
}

TEST_F(EngineTest, TakesOverWhatAnEarlierEngineLeft) {
  std::string job_id;
  {
    EngineFixture gone(file_, kSettings);
    job_id = gone.engine.scheduler().accept(job_of(2500)).front().job_id;
    gone.store.claim({"worker", 5, 8, gone.clock.now(), 1200, "of-the-dead"});
  }
  EngineFixture here(file_, kSettings);
  here.functions.add("worker", [](const TaskAttempt&) { return std::string(); });
  here.engine.take_over();
  const JobProgress progress = here.finish(job_id);
  EXPECT_EQ(progress.completed, 2500);
  EXPECT_EQ(progress.total, 2500);
}

TEST_F(EngineTest, StartsNothingWhileAMetricFeelsPoorAndHalfWhileModerate) {
  const std::string settings = R"({
    "labourers": {"worker": {"max_simultaneous_invocations": 8, "health_metrics": {"database": {
      "details": {"source": "set"}, "feelings": {"4": 90, "2": 50, "1": 10}, "feeling_comparison_operator": "ge"}}}},
    "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})";
  EngineFixture here(file_, settings);
  here.functions.add("worker", [](const TaskAttempt&) { return std::string(); });
  here.metric.value = 20;
  here.engine.scheduler().accept(job_of(20));
  int turns = 0;
  here.engine.run([&] { return ++turns < 10; });
  EXPECT_EQ(here.store.count("worker", here.clock.now(), 1200).queued, 20);
  EXPECT_EQ(here.ecology.condition(here.settings.labourers.at("worker")).reason, "database feels Poor (20)");

  here.metric.value = 60;
  here.ecology.refresh();
  const auto moderate =
      allowance(here.settings.labourers.at("worker"), {},
                here.ecology.condition(here.settings.labourers.at("worker")), kDefaultCoefficients);
  EXPECT_EQ(moderate.limit, 4);
  here.finish(here.store.list_jobs(1).front().job_id);
}

TEST_F(EngineTest, NoticesWhatAnotherProcessDoes) {
  EngineFixture here(file_, kSettings);
  here.functions.add("worker", [](const TaskAttempt&) { return std::string(); });
  SqliteStore other(file_, SqliteStore::Open::existing);
  other.set_control("worker", {.paused = true});
  const std::string job_id = here.engine.scheduler().accept(job_of(10)).front().job_id;
  int turns = 0;
  here.engine.run([&] {
    const JobProgress progress = here.store.find_job(job_id)->progress;
    if (++turns == 5) {
      EXPECT_EQ(progress.closed(), 0) << "a paused labourer ran";
      other.set_control("worker", {.paused = false});
    }
    return !progress.finished();
  });
  EXPECT_EQ(here.store.find_job(job_id)->progress.completed, 10);
}

TEST_F(EngineTest, KeepsOutcomesWhileTheDiskIsFull) {
  EngineFixture here(file_, kSettings);
  std::atomic<int> calls = 0;
  here.functions.add("worker", [&](const TaskAttempt&) {
    ++calls;
    return "{\"text\": \"" + std::string(20'000, 'x') + "\"}";
  });
  const std::string job_id = here.engine.scheduler().accept(job_of(300)).front().job_id;
  std::optional<FullDisk> full;
  int turns_when_full = 0;
  here.engine.run([&] {
    if (!full && calls >= 50) full.emplace();
    if (full && ++turns_when_full == 3) full->end();
    return !here.store.find_job(job_id)->progress.finished();
  });
  EXPECT_EQ(here.store.find_job(job_id)->progress.completed, 300);
  EXPECT_EQ(calls, 300) << "a task whose outcome could not be written at first ran again";
}

TEST_F(EngineTest, AStoreFailureForOneLabourerIsReportedAndDoesNotStopTheOthers) {
  EngineFixture here(file_, R"({"labourers": {"a": {}, "b": {}},
                               "job_schema_variants": {"default": {"chunkable_attrs": []}}})");
  for (const char* id : {"a", "b"}) here.functions.add(id, [](const TaskAttempt&) { return std::string(); });
  TroubledStore store(here.store);
  std::atomic<bool> broken = true;
  store.before = [&](const std::string& call, const std::string& id) {
    if (broken && call == "claim" && id == "a") throw StoreError("the disk is gone");
  };
  std::vector<std::string> problems;
  Engine engine({here.settings, here.ecology, store, store, store, here.events, here.functions, here.outcomes,
                 here.alarm, here.clock, here.random, [&] { return here.store.version(); }, nullptr,
                 [&](const Engine::Turn& turn) { problems.push_back(turn.problem); }});
  const auto job = [&](const std::string& id) {
    return engine.scheduler().accept(R"({"lambda_name": ")" + id + "\"}").front().job_id;
  };
  const auto is_open = [&](const std::string& id) { return !here.store.find_job(id)->progress.finished(); };
  const std::string of_a = job("a");
  const std::string of_b = job("b");
  engine.run([&] { return is_open(of_b); });
  EXPECT_THAT(problems, Contains(HasSubstr("the disk is gone")));
  EXPECT_TRUE(is_open(of_a));
  broken = false;
  engine.run([&] { return is_open(of_a); });
}

TEST_F(EngineTest, RunsRulesOnlyWithARuleStore) {
  EngineFixture here(file_, kSettings);
  here.functions.add("worker", [](const TaskAttempt&) { return std::string(); });
  const std::string timing = "rate(1 minute)";
  here.settings.rules.push_back({"often", Schedule::parse(timing, utc_zone()), timing, job_of(3)});
  const Time an_hour_ago = here.clock.now() - 3600;
  here.store.keep_rule_progress(
      std::vector{RuleStep{std::nullopt, RuleProgress{"often", timing, an_hour_ago, an_hour_ago}}});
  int turns = 0;
  here.engine.run([&] { return ++turns < 5; });
  EXPECT_TRUE(here.store.list_jobs(2).empty());

  Engine with_rules{{here.settings, here.ecology, here.store, here.store, here.store, here.events,
                     here.functions, here.outcomes, here.alarm, here.clock, here.random,
                     [&] { return here.store.version(); }, &here.store}};
  with_rules.run([&] {
    const auto jobs = here.store.list_jobs(1);
    return jobs.empty() || !jobs[0].progress.finished();
  });
  ASSERT_EQ(here.store.list_jobs(2).size(), 1U);
  EXPECT_EQ(here.store.list_jobs(1)[0].progress.completed, 3);
}

TEST_F(EngineTest, StopsWhenToldFromAnotherThread) {
  EngineFixture here(file_, kSettings);
  std::jthread other([&] { here.engine.stop(); });
  here.engine.run([] { return true; });
}

}  // namespace
}  // namespace sosw
