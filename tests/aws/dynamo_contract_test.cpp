// The contract of tests/ports on DynamoDB, as the fake plays it: on good days, and while one call in ten
// fails, in whatever way it may.

#include "sosw/aws/dynamo_store.h"

#include "aws/dynalite.h"
#include "aws/fake_aws.h"
#include "ports/task_store_contract.h"

namespace sosw {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestText = 80'000;  // a row of 400 KB holds a payload and what a worker says

/// One for all tests of this process; each begins with empty tables.
aws::FakeAws& fake() {
  static aws::FakeAws aws;
  return aws;
}

class DynamoUnderTest final : public StoreUnderTest {
 public:
  DynamoUnderTest(std::unique_ptr<aws::Session> session, Random& random)
      : session_(std::move(session)), dynamo_(*session_), store_(dynamo_, random) {
    for (const aws::TableDescription& table : aws::DynamoTables().descriptions()) dynamo_.create_table(table);
  }
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  TaskDesk& desk() override { return store_; }

 private:
  std::unique_ptr<aws::Session> session_;
  aws::DynamoDb dynamo_;
  aws::DynamoStore store_;
};

std::unique_ptr<StoreUnderTest> on_a_good_day() {
  fake().control("calm", json::object());
  fake().control("reset", json::object());
  return std::make_unique<DynamoUnderTest>(fake().session(), fake().random);
}

/// With as many attempts as it takes, so that no call has to be given up.
std::unique_ptr<StoreUnderTest> under_faults() {
  fake().control("calm", json::object());
  fake().control("reset", json::object());
  auto store = std::make_unique<DynamoUnderTest>(fake().session({{"AWS_MAX_ATTEMPTS", "12"}}), fake().random);
  fake().control("weather", {{"chance", 0.1},
                             {"seed", 11},
                             {"kinds",
                              {"throttle", "error_before", "error_after", "cut_before", "cut_after",
                               "unprocessed", "bad_checksum"}}});
  return store;
}

std::unique_ptr<StoreUnderTest> on_dynalite() {
  static aws::Dynalite dynalite;
  dynalite.begin_anew();
  return std::make_unique<DynamoUnderTest>(dynalite.session(), dynalite.random);
}

}  // namespace

std::vector<StoreMaker> stores_under_contract() {
  std::vector<StoreMaker> stores = {{"DynamoDB", on_a_good_day, kLargestText},
                                    {"DynamoDBUnderFaults", under_faults, kLargestText}};
  if (aws::Dynalite::is_installed()) stores.push_back({"Dynalite", on_dynalite, kLargestText});
  return stores;
}

}  // namespace sosw
