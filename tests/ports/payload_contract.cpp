// Payload bytes that go in come out (I7), and so do the other texts.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> payloads_of_all_kinds(std::size_t largest) {
  return {
      "{}",
      " {\n\t\"a\" : 1 }\r\n",
      R"({"b": 1, "a": 2, "b": 3})",
      R"({"number": 1795490346.8965256, "large": 123456789012345678901234567890, "e": 1E5, "zero": -0.0})",
      R"({"text": "17", "escaped": "\u0000 \ud83d\ude00 \/ \\ \" \n"})",
      "{\"unicode\": \"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\x80 \xE2\x80\xAE \xEF\xBB\xBF \xF4\x8F\xBF\xBF\"}",
      "{\"combining\": \"e\xCC\x81\", \"composed\": \"\xC3\xA9\"}",
      "{\"controls\": \"\x01\x7F\xC2\x80\xE2\x80\xA8\"}",
      R"({"quotes": "'; DROP TABLE tasks; --", "percent": "%s %d ?1 :a $b"})",
      R"({"": {"": [[], {}, null, true, false]}})",
      std::string("{\"raw\": \"before\0after\"}", 23),
      "['a python literal', None]",
      "not JSON",
      "",
      R"({"large": ")" + std::string(largest, 'x') + "\"}",
  };
}

class PayloadContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, PayloadContract, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(PayloadContract, PayloadsRoundTripThroughEveryCall) {
  const Ids payloads = payloads_of_all_kinds(GetParam().largest_text);
  const Job job = some_job();
  jobs.accept(job);
  jobs.append(job, 0, payloads, true, kNow);
  Ids ids;
  for (std::size_t i = 0; i < payloads.size(); ++i) ids.push_back(task_id(job.job_id, static_cast<int>(i)));

  const auto expect_payloads = [&](const std::vector<Task>& got, const char* where) {
    ASSERT_THAT(got, SizeIs(payloads.size())) << where;
    for (const Task& task : got) {
      const auto index = std::ranges::find(ids, task.task_id) - ids.begin();
      EXPECT_TRUE(task.payload == payloads.at(static_cast<std::size_t>(index))) << where << ", " << index;
    }
  };
  const auto listed = [&] {
    std::vector<Task> got;
    for (const TaskRecord& one : admin.list({})) got.push_back(one.task);
    return got;
  };
  const auto many = static_cast<std::int64_t>(ids.size());

  expect_payloads(listed(), "queued");
  expect_payloads(claim(many, kNow, "1"), "claim");
  expect_payloads(tasks.expired("worker", kNow, 0, kAll), "expired");
  for (const std::string& id : ids) postpone(id, kNow);
  expect_payloads(listed(), "waiting");
  expect_payloads(tasks.requeue_due("worker", kNow, kAll), "requeue_due");
  expect_payloads(tasks.find_open(ids), "find_open");
  for (const std::string& id : ids)
    report({.task_id = id, .succeeded = true, .now = kNow, .attempt_timeout = kAttemptTimeout});
  expect_payloads(tasks.completed("worker", kAll), "completed");
  for (const std::string& id : ids) settle({.task_id = id, .now = kNow});
  expect_payloads(listed(), "closed");
}

TEST_P(PayloadContract, StatsAndResultsRoundTrip) {
  for (const std::string& text : payloads_of_all_kinds(GetParam().largest_text)) {
    if (text.empty()) continue;  // says nothing
    const std::string id = schedule_one();
    claim_one();
    report({.task_id = id,
            .succeeded = false,
            .now = kNow,
            .attempt_timeout = kAttemptTimeout,
            .stats = text,
            .result = text,
            .reason = text});
    const Task reported = record(id).task;
    EXPECT_TRUE(reported.stats == text && reported.result == text && reported.reason == text) << text;
    settle({.task_id = id,
            .now = kNow,
            .stats = text + "settled",
            .result = text + "settled",
            .reason = text + "settled"});
    const Task settled = record(id).task;
    EXPECT_TRUE(settled.stats == text + "settled" && settled.result == text + "settled" &&
                settled.reason == text + "settled")
        << text;
  }
}

TEST_P(PayloadContract, JobDocumentsRoundTrip) {
  for (const std::string& text : payloads_of_all_kinds(GetParam().largest_text)) {
    Job job = some_job();
    job.document = text;
    job.on_complete = text;
    jobs.accept(job);
    const auto stored = jobs.find_job(job.job_id);
    ASSERT_TRUE(stored);
    EXPECT_TRUE(stored->document == text && stored->on_complete == text) << text;
  }
}

TEST_P(PayloadContract, NamesOfLabourersMayBeAnyText) {
  for (const auto& name :
       Ids{"a b", "\xC3\xA4\xF0\x9F\x9A\x80", "it's", "%", "arn:aws:lambda:x:1:function:y"}) {
    const Ids ids = schedule(some_job(name), 2);
    const auto claimed = claim(2, kNow, "1", name);
    EXPECT_EQ(ids_of(claimed), ids);
    for (const Task& task : claimed) EXPECT_EQ(task.labourer_id, name);
    EXPECT_EQ(count(kNow, name).running, 2);
    EXPECT_EQ(ids_of(admin.list({.labourer_id = name})), ids);
  }
  EXPECT_THAT(claim(10, kNow, "1", "a"), IsEmpty());
}

TEST_P(PayloadContract, TimesKeepMicroseconds) {
  const Time created(1795490346.8965256), invoked(1795490347.123457), ended(1795490348.000001);
  const std::string id = schedule(some_job(), 1, created).front();
  claim_one(invoked);
  report({.task_id = id, .succeeded = true, .now = ended, .attempt_timeout = kAttemptTimeout});
  settle({.task_id = id, .now = ended + 0.25});
  const TaskRecord closed = record(id);
  EXPECT_EQ(closed.task.created_at, created);
  EXPECT_EQ(closed.task.invoked_at, invoked);
  EXPECT_EQ(closed.task.completed_at, ended);
  EXPECT_EQ(closed.closed_at, ended + 0.25);
}

}  // namespace
}  // namespace sosw
