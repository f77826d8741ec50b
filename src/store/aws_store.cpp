#include "store/aws_store.h"

#include <cmath>

#include "sosw/model/errors.h"

#include "store/dynamo/other_systems.h"
#include "store/dynamo/table_setup.h"

namespace sosw {
namespace {

constexpr Seconds kLongestFunction = 900;  // an AWS Lambda function that began earlier has ended

}  // namespace

AwsStore::AwsStore(const aws::DynamoTables& tables)
    : aws_({.environment = aws::Environment::of_process(), .tables = tables}, clock_, random_, waiting_) {}

std::int64_t AwsStore::version() {
  return static_cast<std::int64_t>(std::floor(clock_.now().since_epoch() / polling().changes));
}

/// Leaves others on the tables their share, and yields to a scavenger of another kind.
void AwsStore::prepare_for_engine(std::span<const std::string> labourer_ids) {
  aws_.store.keep_to_capacity();
  const auto systems =
      aws::find_other_systems(aws_.dynamo, aws_.tables, labourer_ids, clock_.now() - kLongestFunction);
  if (const std::string reason = aws::reason_not_to_scavenge(systems); !reason.empty()) throw Error(reason);
}

std::vector<std::string> AwsStore::make_missing_tables() {
  return aws::create_missing_tables(aws_.dynamo, aws_.tables, waiting_);
}

std::vector<std::string> AwsStore::faults_of_its_tables() {
  return aws::faults_of_tables(aws_.dynamo, aws_.tables);
}

}  // namespace sosw
