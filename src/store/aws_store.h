#pragma once

#include "store/aws_backend.h"
#include "store/open_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "system/system_waiting.h"

namespace sosw {

/// The tables on DynamoDB, in the account and region of the environment.
///
/// Changes by others cause no notification, so the tables are polled, rarely: each poll is a few requests
/// that cost money.
class AwsStore final : public Store {
 public:
  /// Throws InvalidConfig when there is no region. Sends no request yet.
  explicit AwsStore(const aws::DynamoTables&);

  TaskStore& tasks() override { return aws_.store; }
  JobStore& jobs() override { return aws_.store; }
  AdminStore& admin() override { return aws_.store; }
  EventLog& events() override { return aws_.events(); }
  RuleStore& rules() override { return aws_.store; }

  std::int64_t version() override;
  Store::Polling polling() const override { return {.changes = 1, .due = 1, .scavenging = 2}; }
  void prepare_for_engine(std::span<const std::string> labourer_ids) override;

  std::string region() { return aws_.session.region(); }
  std::vector<std::string> make_missing_tables();   ///< their names
  std::vector<std::string> faults_of_its_tables();  ///< in words

 private:
  SystemClock clock_;
  SystemRandom random_;
  SystemWaiting waiting_;
  aws::AwsBackend aws_;
};

}  // namespace sosw
