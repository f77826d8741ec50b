// Whole lives of tasks on DynamoDB while one call in ten fails and indexes are late.

#include <algorithm>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"
#include "sosw/model/greenfield.h"

#include "ports/soundness.h"
#include "store/dynamo/dynamo_store_fixture.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::SizeIs;
using To = Settlement::To;

/// Essentials of two stores by turns, while calls fail by chance and indexes are late.
class RandomFaults : public DynamoStoreFixture, public ::testing::WithParamInterface<int> {
 protected:
  static constexpr int kTasks = 60;
  static constexpr std::int64_t kLimit = 7;
  static constexpr int kMostAttempts = 3;

  /// What a port call throws is tried again by the next run.
  template <class Work>
  void run(Work work) {
    try {
      work();
    } catch (const StoreError&) {
      ++failures_;
    }
  }

  void turn(DynamoStore& store, int number) {
    run([&] {
      store.accept(some_job());
      const auto all = payloads(kTasks);
      for (const Job& job : store.unfinished()) {
        const auto done = static_cast<std::size_t>(job.progress.scheduled);
        const std::size_t count = std::min<std::size_t>(25, kTasks - done);
        store.append(job, job.progress.scheduled, std::span(all).subspan(done, count), done + count == kTasks,
                     now_);
      }
    });
    run([&] { store.requeue_due("worker", now_, 100); });
    run([&] { settle(store, store.expired("worker", now_, kAttemptTimeout, 100)); });
    run([&] {
      std::vector<Settlement> moves;
      for (const Task& task : store.completed("worker", 100))
        moves.push_back({.task_id = task.task_id, .now = now_});
      store.settle(moves);
    });
    run([&] {
      const auto claimed =
          store.claim({"worker", 5, kLimit, now_, kAttemptTimeout, "turn " + std::to_string(number)});
      for (const Task& task : claimed) {
        EXPECT_TRUE(handed_out_.emplace(task.task_id, task.attempts).second)
            << "one attempt was handed out twice";
        in_flight_.push_back(task);
      }
    });
    run([&] {
      std::vector<Report> reports;
      for (std::size_t i = 0; i < in_flight_.size(); i += 2)
        reports.push_back({.task_id = in_flight_[i].task_id,
                           .succeeded = (i + static_cast<std::size_t>(number)) % 3 != 0,
                           .token = in_flight_[i].token,
                           .now = now_,
                           .attempt_timeout = kAttemptTimeout});
      store.report(reports);
      std::erase_if(in_flight_, [&](const Task& task) {
        return std::ranges::any_of(reports,
                                   [&](const Report& report) { return report.task_id == task.task_id; });
      });
    });
  }

  void settle(DynamoStore& store, const std::vector<Task>& expired) {
    std::vector<Settlement> moves;
    for (const Task& task : expired)
      moves.push_back({.task_id = task.task_id,
                       .to = task.attempts >= kMostAttempts ? To::dead : To::retry,
                       .seen = Settlement::Seen{task.greenfield, task.token},
                       .now = now_,
                       .due = now_ + 2});
    store.settle(moves);
  }

  /// The rows themselves, which no index shows late.
  std::int64_t running() {
    std::int64_t count = 0;
    for (const json& row : aws_.control("rows", {{"table", "sosw_tasks"}}))
      count += row.contains("payload") && !row.contains("completed_at") &&
               std::stoll(row["greenfield"]["N"].get<std::string>()) >
                   newest_expired_greenfield(now_, kAttemptTimeout);
    return count;
  }

  Time now_ = kNow;
  int failures_ = 0;
  std::set<std::pair<std::string, int>> handed_out_;
  std::vector<Task> in_flight_;
};
INSTANTIATE_TEST_SUITE_P(Seeds, RandomFaults, ::testing::Range(1, 5));

TEST_P(RandomFaults, OnlyDelayTheWork) {
  DynamoStore other(dynamo_, aws_.random);
  const auto rain = [&] {
    aws_.control("weather", {{"chance", 0.1},
                             {"seed", GetParam()},
                             {"late", 25},
                             {"kinds",
                              {"throttle", "error_before", "error_after", "cut_before", "cut_after",
                               "unprocessed", "bad_checksum"}}});
  };
  rain();
  bool finished = false;
  for (int number = 0; !finished; ++number) {
    ASSERT_LT(number, 400) << "failures: " << failures_;
    turn(number % 2 == 0 ? store_ : other, number);
    ASSERT_LE(running(), kLimit) << "in turn " << number;
    now_ += 1;
    if (number % 8 == 7) {  // indexes are never later than ten seconds
      calm();
      const auto job = store_.find_job(kJobId);
      finished = job && job->progress.finished();
      if (number % 40 == 39) now_ += kAttemptTimeout + 1, in_flight_.clear();  // some workers say nothing
      rain();
    }
  }
  calm();
  expect_sound(store_, store_);
  EXPECT_EQ(store_.find_job(kJobId)->progress.closed(), kTasks);
  EXPECT_THAT(aws_.control("rows", {{"table", "sosw_closed_tasks"}}), SizeIs(kTasks));
  for (const TaskRecord& record : store_.list({.at_most = 1000}))
    EXPECT_LE(record.task.attempts, kMostAttempts);
}

}  // namespace
}  // namespace sosw::aws
