// The contract of tests/ports on DynamoDB, as the fake plays it.

#include "sosw/aws/dynamo_store.h"

#include "aws/fake_aws.h"
#include "ports/task_store_contract.h"

namespace sosw {
namespace {

/// One for all tests of this process; each begins with empty tables.
aws::FakeAws& fake() {
  static aws::FakeAws aws;
  return aws;
}

class DynamoUnderTest final : public StoreUnderTest {
 public:
  DynamoUnderTest() {
    fake().control("reset", nlohmann::json::object());
    for (const aws::TableDescription& table : aws::DynamoTables().descriptions()) dynamo_.create_table(table);
  }
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  TaskDesk& desk() override { return store_; }

 private:
  std::unique_ptr<aws::Session> session_ = fake().session();
  aws::DynamoDb dynamo_{*session_};
  aws::DynamoStore store_{dynamo_, fake().random};
};

}  // namespace

std::vector<StoreMaker> stores_under_contract() {
  constexpr std::size_t kLargestText = 80'000;  // a row of 400 KB holds a payload and what a worker says
  return {{"DynamoDb", [] { return std::make_unique<DynamoUnderTest>(); }, kLargestText}};
}

}  // namespace sosw
