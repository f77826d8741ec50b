#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "ports/soundness.h"
#include "ports/task_store_contract.h"

namespace sosw {

inline constexpr Time kNow{1'795'490'346.25};
inline constexpr Seconds kAttemptTimeout = 1200;
inline constexpr std::int64_t kNoLimit = 1'000'000'000;
inline constexpr std::size_t kAll = 1'000'000'000;

using Table = TaskRecord::Table;
using ClosedAs = TaskRecord::Closed;
using To = Settlement::To;
using Seen = Settlement::Seen;

/// Everything stored of a task, to compare and to print in a failure.
inline std::string described(const TaskRecord& record) {
  const Task& t = record.task;
  const auto time = [](const std::optional<Time>& at) {
    return at ? fmt::format("{:.6f}", at->since_epoch()) : "none";
  };
  std::string text =
      fmt::format("task {} of {}, created {:.6f}, attempts {}, failed {}, payload {}", t.task_id,
                  t.labourer_id, t.created_at.since_epoch(), t.attempts, t.failed_attempts, t.payload);
  text += fmt::format(", token '{}', completed {}, stats '{}', result '{}', reason '{}'", t.token,
                      time(t.completed_at), t.stats, t.result, t.reason);
  if (record.table == Table::queue)
    return text + fmt::format(", in queue at {}, invoked {}", t.greenfield, time(t.invoked_at));
  if (record.table == Table::retry) return text + fmt::format(", waits until {}", time(record.due));
  return text + fmt::format(", closed at {} as {}", time(record.closed_at), static_cast<int>(record.closed));
}

inline std::vector<std::string> ids_of(std::span<const Task> tasks) {
  std::vector<std::string> ids;
  for (const Task& task : tasks) ids.push_back(task.task_id);
  return ids;
}

inline std::vector<std::string> ids_of(std::span<const TaskRecord> records) {
  std::vector<std::string> ids;
  for (const TaskRecord& record : records) ids.push_back(record.task.task_id);
  return ids;
}

inline std::vector<std::string> ids_of(std::span<const Job> jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.job_id);
  return ids;
}

/// A fresh store, and helpers for tests. After each test everything in the store must still be sound.
class StoreContract : public ::testing::TestWithParam<StoreMaker> {
 protected:
  using Ids = std::vector<std::string>;

  void TearDown() override { expect_sound(); }

  /// Not in the store yet; each one is different.
  Job some_job(const std::string& labourer_id = "worker", Priority priority = Priority::normal) {
    Job job;
    job.job_id = job_id_from(0xabcd'0000'0000'0000 + static_cast<std::uint64_t>(++jobs_made_));
    job.labourer_id = labourer_id;
    job.document = R"({"lambda_name": "worker"})";
    job.schema = "[]";
    job.today = "2026-11-24";
    job.priority = priority;
    job.created_at = kNow - 1000 + jobs_made_;
    return job;
  }

  /// Accepts the job and writes all its tasks; returns their ids in index order.
  Ids schedule(const Job& job, int count, Time now = kNow) {
    jobs.accept(job);
    Ids payloads, ids;
    for (int i = 0; i < count; ++i) {
      payloads.push_back(fmt::format(R"({{"item": {}}})", i));
      ids.push_back(task_id(job.job_id, i));
    }
    EXPECT_EQ(jobs.append(job, 0, payloads, true, now), count);
    return ids;
  }
  Ids schedule(int count) { return schedule(some_job(), count); }
  std::string schedule_one() { return schedule(1).front(); }

  std::vector<Task> claim(std::int64_t at_most, Time now = kNow, const std::string& token = "first",
                          const std::string& labourer_id = "worker") {
    return tasks.claim({labourer_id, at_most, kNoLimit, now, kAttemptTimeout, token});
  }

  /// The first queued tasks.
  Task claim_one(Time now = kNow, const std::string& token = "first") {
    std::vector<Task> claimed = claim(1, now, token);
    if (claimed.size() == 1) return claimed.front();
    ADD_FAILURE() << "nothing to claim";
    return {};
  }

  /// Claims all queued tasks, one by one: returns the queue order.
  Ids line(const std::string& labourer_id = "worker") {
    Ids ids;
    for (;;) {
      const auto claimed = claim(1, kNow + 5000, "line", labourer_id);
      if (claimed.empty()) return ids;
      ids.push_back(claimed.front().task_id);
    }
  }

  TaskRecord record(const std::string& id) {
    auto found = admin.find(id);
    if (found) return *found;
    ADD_FAILURE() << "task " << id << " is gone";
    return {};
  }

  Seen seen(const std::string& id) {
    const Task task = record(id).task;
    return {task.greenfield, task.token};
  }

  ReportOutcome report(const Report& sent) { return tasks.report({&sent, 1}).at(0).outcome; }
  bool settle(const Settlement& move) { return tasks.settle({&move, 1}).at(0); }

  /// Moves a claimed task to wait until `due`.
  bool postpone(const std::string& id, Time due) {
    return settle({.task_id = id, .to = To::retry, .seen = seen(id), .now = kNow, .due = due});
  }
  bool close_as_dead(const std::string& id) {
    return settle({.task_id = id, .to = To::dead, .seen = seen(id), .now = kNow, .reason = "too bad"});
  }

  TaskCounts count(Time now = kNow, const std::string& labourer_id = "worker") {
    return tasks.count(labourer_id, now, kAttemptTimeout);
  }

  JobProgress progress(const std::string& job_id) {
    const auto job = jobs.find_job(job_id);
    EXPECT_TRUE(job) << job_id;
    return job ? job->progress : JobProgress{};
  }

  void expect_sound() { sosw::expect_sound(jobs, admin); }

  std::unique_ptr<StoreUnderTest> store_ = GetParam().make();
  TaskStore& tasks = store_->tasks();
  JobStore& jobs = store_->jobs();
  AdminStore& admin = store_->admin();

 private:
  int jobs_made_ = 0;
};

inline std::string name_of(const ::testing::TestParamInfo<StoreMaker>& info) { return info.param.name; }

}  // namespace sosw
