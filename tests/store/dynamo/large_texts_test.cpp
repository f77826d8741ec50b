// Payloads, jobs and results that no row has room for.

#include "store/dynamo/large_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "store/dynamo/dynamo_store_fixture.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class LargeTextsTest : public DynamoStoreFixture {
 protected:
  LargeTextsTest() { aws_.control("set", {{"buckets", {{"box", json::object()}}}}); }

  static std::string object_of(std::size_t bytes) {
    return R"({"data": ")" + std::string(bytes, 'x') + "\"}";
  }

  void schedule_payload(const std::string& payload) {
    large_.accept(some_job());
    ASSERT_EQ(large_.append(some_job(), 0, std::vector{payload}, true, kNow), 1);
  }

  const std::string id_ = task_id(kJobId, 0);
  S3 s3_{*session_};
  DynamoStore large_{dynamo_, aws_.random, {.bucket = "box"}, &s3_};
};

TEST_F(LargeTextsTest, ALargePayloadIsKeptForRetriesAndTheClosedTable) {
  const std::string payload = object_of(700'000);
  schedule_payload(payload);
  EXPECT_TRUE(large_.find(id_)->task.payload == payload);
  EXPECT_THAT(store_.find(id_)->task.payload, StartsWith(R"({"sosw_s3":"s3://box/sosw/)"));
  const auto claimed = large_.claim(claim_of(1, 1, "a"));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_TRUE(claimed[0].payload == payload);
  EXPECT_EQ(large_.settle(std::vector<Settlement>{{.task_id = id_, .now = kNow + 1}}), std::vector{true});
  EXPECT_EQ(large_.find(id_)->table, TaskRecord::Table::closed);
  EXPECT_TRUE(large_.find(id_)->task.payload == payload);
}

TEST_F(LargeTextsTest, WithoutABucketTheTaskIsNamed) {
  store_.accept(some_job());
  try {
    store_.append(some_job(), 0, std::vector{object_of(400'000)}, true, kNow);
    FAIL() << "it was taken";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("task 0 of job abcd000000000007"));
    EXPECT_THAT(error.what(), HasSubstr("configure a bucket"));
  }
}

TEST_F(LargeTextsTest, WithoutABucketATaskWithAReferenceIsNotRun) {
  schedule_payload(object_of(400'000));
  EXPECT_THAT(store_.claim(claim_of(1, 1, "a")), IsEmpty());
  EXPECT_THAT(large_.claim(claim_of(1, 1, "b", kNow + 1)), SizeIs(1));
}

TEST_F(LargeTextsTest, AnotherDocumentWithTheSameKeyDoesNotReplaceTheFirst) {
  Job job = some_job();
  job.document = object_of(500'000);
  large_.accept(job);
  job.document = object_of(600'000);
  EXPECT_TRUE(large_.accept(job).document == object_of(500'000));
}

TEST_F(LargeTextsTest, NothingIsWrittenWhileTheBucketFails) {
  large_.accept(some_job());
  trouble("PutObject", "forbidden");
  EXPECT_THROW(large_.append(some_job(), 0, std::vector{object_of(400'000)}, true, kNow), StoreError);
  EXPECT_FALSE(large_.find(id_));
  EXPECT_EQ(large_.append(some_job(), 0, std::vector{object_of(400'000)}, true, kNow), 1);
  EXPECT_TRUE(large_.find(id_)->task.payload == object_of(400'000));
}

TEST_F(LargeTextsTest, ATaskWithAnUnreadablePayloadIsReleasedWithoutCostingAnAttempt) {
  schedule_payload(object_of(400'000));
  trouble("GetObject", "forbidden");
  EXPECT_THAT(large_.claim(claim_of(1, 1, "a")), IsEmpty());
  const auto claimed = large_.claim(claim_of(1, 1, "b", kNow + 1));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].attempts, 0);
  EXPECT_EQ(store_.find(id_)->task.attempts, 1);
}

TEST_F(LargeTextsTest, ATaskWhosePayloadIsGoneSaysSo) {
  schedule_payload(object_of(400'000));
  aws_.control("set", {{"buckets", {{"box", json::object()}}}});
  const auto claimed = large_.claim(claim_of(1, 1, "a"));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_THAT(claimed[0].payload, StartsWith("its object is not there any more"));
  EXPECT_THAT(large_.find(id_)->task.payload, StartsWith("{"));
}

TEST_F(LargeTextsTest, APayloadCanNotReferToAnotherObject) {
  s3_.put("box", "sosw/other/payload", "secret");
  const std::string payload = R"({"sosw_s3":"s3://box/sosw/other/payload"})";
  store_.accept(some_job());
  store_.append(some_job(), 0, std::vector{payload}, true, kNow);  // as it is, for there is no bucket
  const auto claimed = large_.claim(claim_of(1, 1, "a"));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].payload, payload);
}

TEST_F(LargeTextsTest, APayloadThatLooksLikeAReferenceIsUnchanged) {
  const std::string payload = R"({"sosw_s3":"s3://box/sosw/)" + id_ + R"(/payload"})";
  schedule_payload(payload);
  const auto claimed = large_.claim(claim_of(1, 1, "a"));
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].payload, payload);
}

TEST_F(LargeTextsTest, ALargeResultIsKeptToo) {
  schedule_payload(object_of(250'000));
  ASSERT_THAT(large_.claim(claim_of(1, 1, "a")), SizeIs(1));
  Report report{
      .task_id = id_, .succeeded = true, .token = "a", .now = kNow + 1, .attempt_timeout = kAttemptTimeout};
  report.result = object_of(300'000);
  EXPECT_EQ(large_.report(std::span(&report, 1)).at(0).outcome, ReportOutcome::recorded);
  EXPECT_TRUE(large_.find(id_)->task.result == report.result);
  EXPECT_EQ(large_.settle(std::vector<Settlement>{{.task_id = id_, .now = kNow + 2}}), std::vector{true});
  EXPECT_TRUE(large_.find(id_)->task.result == report.result);
}

TEST_F(LargeTextsTest, AReportIsKeptWhenTheBucketFails) {
  schedule_payload(object_of(250'000));
  ASSERT_THAT(large_.claim(claim_of(1, 1, "a")), SizeIs(1));
  Report report{
      .task_id = id_, .succeeded = true, .token = "a", .now = kNow + 1, .attempt_timeout = kAttemptTimeout};
  report.result = object_of(300'000);
  trouble("PutObject", "forbidden");
  EXPECT_EQ(large_.report(std::span(&report, 1)).at(0).outcome, ReportOutcome::recorded);
  EXPECT_THAT(large_.find(id_)->task.result, HasSubstr("more than the row can hold"));
}

TEST_F(LargeTextsTest, ALargeJobIsStillChunked) {
  Job job = some_job();
  job.document = object_of(900'000);
  EXPECT_TRUE(large_.accept(job).document == job.document);
  const auto unfinished = large_.unfinished();
  ASSERT_THAT(unfinished, SizeIs(1));
  EXPECT_TRUE(unfinished[0].document == job.document);
  trouble("GetObject", "forbidden");
  EXPECT_THAT(large_.unfinished(), IsEmpty()) << "others are cut meanwhile";
  EXPECT_THROW(store_.accept([&] {
    job.job_id = "abcd000000000008";
    return job;
  }()),
               StoreError);
  EXPECT_TRUE(large_.find_job(kJobId)->document == object_of(900'000));
}

}  // namespace
}  // namespace sosw::aws
