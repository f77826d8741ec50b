#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "aws/fake/fake_aws.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

inline constexpr Time kNow{1'795'490'346.25};
inline constexpr Seconds kAttemptTimeout = 1200;
inline constexpr const char* kJobId = "abcd000000000007";
inline constexpr int kForever = 1'000'000;

/// A store on the fake, with empty tables.
class DynamoStoreFixture : public ::testing::Test {
 protected:
  DynamoStoreFixture() { create_tables(); }

  void create_tables() {
    for (const TableDescription& table : DynamoTables().descriptions()) dynamo_.create_table(table);
  }

  static Job some_job() {
    Job job;
    job.job_id = kJobId;
    job.labourer_id = "worker";
    job.document = "{}";
    job.schema = "[]";
    job.today = "2026-11-24";
    job.created_at = kNow - 10;
    return job;
  }
  static std::vector<std::string> payloads(int count) {
    std::vector<std::string> list;
    for (int i = 0; i < count; ++i) list.push_back(R"({"item": )" + std::to_string(i) + "}");
    return list;
  }
  void schedule(int count) {
    store_.accept(some_job());
    ASSERT_EQ(store_.append(some_job(), 0, payloads(count), true, kNow), count);
  }
  static Claim claim_of(std::int64_t at_most, std::int64_t limit, const std::string& token, Time now = kNow) {
    return {"worker", at_most, limit, now, kAttemptTimeout, token};
  }

  void trouble(const std::string& operation, const std::string& what, int skip = 0, int times = 1) {
    aws_.control("inject", {{"operation", operation}, {"what", what}, {"skip", skip}, {"times", times}});
  }
  void calm() { aws_.control("calm", nlohmann::json::object()); }
  nlohmann::json rows(const std::string& table) { return aws_.control("rows", {{"table", table}}); }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  DynamoDb dynamo_{*session_};
  DynamoStore store_{dynamo_, aws_.random};
};

}  // namespace sosw::aws
