// The contract of tests/ports on DynamoDB, as the fake plays it: on good days, and while one call in ten
// fails, in whatever way it may. SOSW_MANY_TASKS sets the size of the largest jobs (a soak run: 25000).

#include <cstdlib>

#include "aws/fake/fake_aws.h"
#include "ports/task_store_contract.h"
#include "store/dynamo/dynalite.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestText = 80'000;  // a row of 400 KB holds a payload and what a worker says

/// More than a page of an index, a row of progress, and any batch hold.
int many(int usually) {
  const char* wanted = std::getenv("SOSW_MANY_TASKS");
  return wanted ? std::atoi(wanted) : usually;
}

/// One for all tests of this process; each begins with empty tables.
aws::FakeAws& fake() {
  static aws::FakeAws aws;
  return aws;
}

class DynamoUnderTest final : public StoreUnderTest {
 public:
  DynamoUnderTest(std::unique_ptr<aws::Session> session, Random& random, const aws::DynamoTables& tables = {})
      : session_(std::move(session)), dynamo_(*session_), store_(dynamo_, random, tables) {
    for (const aws::TableDescription& table : tables.descriptions()) dynamo_.create_table(table);
  }
  TaskStore& tasks() override { return store_; }
  JobStore& jobs() override { return store_; }
  AdminStore& admin() override { return store_; }
  RuleStore* rules() override { return &store_; }

 private:
  std::unique_ptr<aws::Session> session_;
  aws::DynamoDb dynamo_;
  aws::DynamoStore store_;
};

std::unique_ptr<StoreUnderTest> on_a_good_day() {
  fake().control("anew", json::object());
  return std::make_unique<DynamoUnderTest>(fake().session(), fake().random);
}

/// With as many attempts as it takes, so that no call has to be given up.
std::unique_ptr<StoreUnderTest> under_faults() {
  fake().control("anew", json::object());
  auto store = std::make_unique<DynamoUnderTest>(fake().session({{"AWS_MAX_ATTEMPTS", "12"}}), fake().random);
  fake().control("weather", {{"chance", 0.1},
                             {"seed", 11},
                             {"kinds",
                              {"throttle", "error_before", "error_after", "cut_before", "cut_after",
                               "unprocessed", "bad_checksum"}}});
  return store;
}

/// Most of these names are words of DynamoDB's own language.
std::unique_ptr<StoreUnderTest> with_other_names() {
  fake().control("anew", json::object());
  const aws::DynamoTables tables{.field_names = {{"task_id", "id"},
                                                 {"labourer_id", "function"},
                                                 {"created_at", "date"},
                                                 {"greenfield", "position"},
                                                 {"attempts", "greenfield"},
                                                 {"payload", "data"},
                                                 {"completed_at", "end"},
                                                 {"closed_at", "time"},
                                                 {"desired_launch_time", "timestamp"},
                                                 {"labourer_id_task_status", "status"}}};
  return std::make_unique<DynamoUnderTest>(fake().session(), fake().random, tables);
}

std::unique_ptr<StoreUnderTest> on_dynalite() {
  static aws::Dynalite dynalite;
  dynalite.begin_anew();
  return std::make_unique<DynamoUnderTest>(dynalite.session(), dynalite.random);
}

}  // namespace

std::vector<StoreMaker> stores_under_contract() {
  std::vector<StoreMaker> stores = {{"DynamoDB", on_a_good_day, kLargestText, many(1500)},
                                    {"DynamoDBUnderFaults", under_faults, kLargestText, many(600)},
                                    {"DynamoDBWithOtherNames", with_other_names, kLargestText, many(600)}};
  if (aws::Dynalite::is_installed()) stores.push_back({"Dynalite", on_dynalite, kLargestText, many(600)});
  return stores;
}

}  // namespace sosw
