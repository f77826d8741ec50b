// What a program sees that embeds the engine.

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "sosw/model/errors.h"

#include "embed/program.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

std::string nothing(const TaskAttempt&) { return ""; }

TEST_F(Program, RunsATaskForEachPayloadAndSeesTheResults) {
  std::mutex mutex;
  std::multiset<std::string> seen;
  JobQueue queue(config([&](const TaskAttempt& attempt) {
    const std::lock_guard lock(mutex);
    seen.insert(attempt.payload);
    return R"({"of": )" + attempt.payload + "}";
  }));
  const JobHandle job = queue.submit("work", payloads(1000));
  ASSERT_TRUE(job.wait());
  EXPECT_EQ(job.progress().completed, 1000);
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 1000U);
  const auto page = job.completed(2);
  ASSERT_THAT(page, SizeIs(2));
  EXPECT_EQ(page[1].task.payload, R"({"number":1})");
  EXPECT_EQ(page[1].task.result, R"({"of": {"number":1}})");
  EXPECT_EQ(job.completed(1, page[1].task.task_id).at(0).task.payload, R"({"number":2})");
  EXPECT_THAT(job.dead(), IsEmpty());
}

TEST_F(Program, GoesOnWithWhatItLeftBefore) {
  std::string id;
  {
    JobQueue before(config(nothing));
    before.pause("work");
    id = before.submit("work", payloads(5000)).id();  // more than are written at once
  }
  JobQueue after(config(nothing));
  EXPECT_EQ(after.job(id).progress().completed, 0);
  EXPECT_EQ(after.jobs().at(0).job_id, id);
  after.resume("work");
  EXPECT_TRUE(after.job(id).wait());
  EXPECT_EQ(after.job(id).progress().completed, 5000);
}

TEST_F(Program, TriesFailedTasksAgainAndBringsDeadOnesBack) {
  std::atomic<bool> mended = false;
  std::atomic<int> highest = 0;
  JobQueue queue(config(
      [&](const TaskAttempt& attempt) -> std::string {
        highest = std::max(highest.load(), attempt.number);
        if (!mended) throw std::runtime_error("the database is away");
        return "";
      },
      {.max_attempts = 2, .retry = {.base = 0}}));
  const JobHandle job = queue.submit("work", payloads(3));
  ASSERT_TRUE(job.wait());
  EXPECT_EQ(job.progress().dead, 3);
  EXPECT_EQ(highest, 2);
  EXPECT_EQ(job.dead().at(0).task.reason, "the database is away");
  mended = true;
  EXPECT_THAT(queue.retry({job.dead().at(0).task.task_id}), ElementsAre(true));
  EXPECT_EQ(job.retry_dead(), 2U);
  ASSERT_TRUE(job.wait());
  EXPECT_EQ(job.progress().completed, 3);
}

TEST_F(Program, WaitsNoLongerThanItIsTold) {
  std::latch may_end(1);
  JobQueue queue(config([&](const TaskAttempt&) {
    may_end.wait();
    return std::string();
  }));
  const JobHandle job = queue.submit("work", payloads(1));
  EXPECT_FALSE(job.wait(0));
  EXPECT_FALSE(job.wait(0.01));
  may_end.count_down();
  EXPECT_TRUE(job.wait(3600));
}

TEST_F(Program, CancelsWhatHasNotBegun) {
  JobQueue queue(config(nothing));
  queue.pause("work");
  const JobHandle job = queue.submit("work", payloads(3));
  EXPECT_EQ(queue.counts("work").queued, 3);
  const auto tasks = queue.tasks({.job_id = job.id()});
  ASSERT_THAT(tasks, SizeIs(3));
  EXPECT_THAT(queue.cancel({tasks[0].task.task_id, "no task"}), ElementsAre(true, false));
  EXPECT_EQ(queue.task(tasks[0].task.task_id)->closed, TaskRecord::Closed::cancelled);
  EXPECT_EQ(job.cancel(), 2U);
  EXPECT_TRUE(job.wait());
  EXPECT_EQ(job.progress().cancelled, 3);
}

TEST_F(Program, TakesJobsAsJson) {
  std::atomic<int> calls = 0;
  JobQueue queue(config([&](const TaskAttempt&) {
    ++calls;
    return std::string();
  }));
  const auto jobs = queue.submit(R"({"lambda_name": "work", "size": 7})");
  ASSERT_THAT(jobs, SizeIs(1));
  EXPECT_TRUE(jobs[0].wait());
  EXPECT_EQ(jobs[0].completed().at(0).task.payload, R"({"size":7})");
  EXPECT_EQ(calls, 1);
}

TEST_F(Program, KnowsAJobByItsKeyAndLetsItWait) {
  JobQueue queue(config(nothing));
  const SubmitOptions later{.priority = Priority::high, .delay = 3600, .idempotency_key = "today"};
  const JobHandle job = queue.submit("work", payloads(1), later);
  EXPECT_EQ(queue.submit("work", payloads(2), later).id(), job.id());
  EXPECT_EQ(queue.counts("work").waiting, 1);
  EXPECT_EQ(queue.jobs().at(0).priority, Priority::high);
}

TEST_F(Program, MaySubmitFromAFunction) {
  JobQueue* self = nullptr;
  std::latch ready(1), followed(1);
  JobQueue queue(config([&](const TaskAttempt& attempt) {
    ready.wait();
    if (attempt.payload == "{}")
      followed.count_down();
    else
      self->submit("work", {"{}"});
    return std::string();
  }));
  self = &queue;
  queue.submit("work", payloads(1));
  ready.count_down();
  followed.wait();
}

TEST_F(Program, StopsWhenFunctionsHaveReturned) {
  std::latch begun(1);
  JobQueue queue(config([&](const TaskAttempt& attempt) -> std::string {
    std::latch asked(1);
    const std::stop_callback callback(attempt.stop, [&] { asked.count_down(); });
    begun.count_down();
    asked.wait();
    throw std::runtime_error("asked to stop");
  }));
  const JobHandle job = queue.submit("work", payloads(1));
  std::jthread waiting([&] { EXPECT_FALSE(job.wait()); });
  begun.wait();
  queue.stop(0);
  waiting.join();
  EXPECT_FALSE(job.wait());
  EXPECT_EQ(job.progress().open(), 1);
  EXPECT_EQ(queue.counts("work").waiting, 1);  // for its next attempt
  EXPECT_THAT([&] { queue.submit("work", payloads(1)); }, ThrowsMessage<Error>(HasSubstr("was stopped")));
  queue.stop();
}

TEST_F(Program, WhatItCouldNotBeginCostsNoAttempt) {
  std::latch begun(1);
  JobQueueConfig narrow = config([&](const TaskAttempt& attempt) {
    std::latch asked(1);
    const std::stop_callback callback(attempt.stop, [&] { asked.count_down(); });
    begun.count_down();
    asked.wait();
    return std::string();
  });
  narrow.threads = 1;
  JobQueue queue(narrow);
  const JobHandle job = queue.submit("work", payloads(4));
  begun.wait();
  queue.stop(0);
  EXPECT_EQ(job.progress().completed, 1);
  const auto open = queue.tasks({.job_id = job.id(), .table = TaskRecord::Table::queue});
  ASSERT_THAT(open, SizeIs(3));
  for (const TaskRecord& record : open) EXPECT_EQ(record.task.attempts, 0);
}

TEST_F(Program, IsTheOnlyOneOnItsFile) {
  JobQueue queue(config(nothing));
  EXPECT_THAT([&] { JobQueue second(config(nothing)); },
              ThrowsMessage<Error>(HasSubstr("works on " + (folder_ / "queue.db").string() + " already")));
}

TEST_F(Program, IsToldWhatIsWrongWithAJob) {
  JobQueue queue(config(nothing));
  EXPECT_THAT([&] { queue.submit("wrok", payloads(1)); },
              ThrowsMessage<InvalidJob>("there is no labourer 'wrok'"));
  EXPECT_THAT(
      [&] {
        queue.submit("work", {"{}", "seven"});
      },
      ThrowsMessage<InvalidJob>(HasSubstr("payloads[1]: is not valid JSON")));
  EXPECT_THAT([&] { queue.submit("work", {}); }, ThrowsMessage<InvalidJob>(HasSubstr("is empty")));
  EXPECT_THAT([&] { queue.submit("work", payloads(1), {.delay = -1}); },
              ThrowsMessage<InvalidJob>(HasSubstr("delay: must be")));
  EXPECT_THAT([&] { queue.submit("seven"); }, ThrowsMessage<InvalidJob>(HasSubstr("is not valid JSON")));
  EXPECT_THAT([&] { queue.job("0123456789abcdef"); }, ThrowsMessage<Error>(HasSubstr("there is no job")));
  EXPECT_THAT([&] { queue.pause("wrok"); }, ThrowsMessage<Error>("there is no labourer 'wrok'"));
  EXPECT_THAT(queue.jobs(), IsEmpty());
}

}  // namespace
}  // namespace sosw
