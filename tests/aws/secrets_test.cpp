// No secret and no signature is ever logged or told in an error, whatever goes wrong and however much is
// logged.

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/clients/event_bridge.h"
#include "aws/clients/lambda.h"
#include "aws/clients/s3.h"
#include "aws/core/sts.h"
#include "aws/fake/fake_aws.h"
#include "config/config_sources.h"
#include "log_lines.h"
#include "notify/lambda_alarm.h"
#include "notify/sns_alarm.h"
#include "store/aws_backend.h"
#include "store/dynamo/table_setup.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kKey = "hush-access-secret";
constexpr auto kToken = "hush-session-token";
constexpr auto kValue = "hush-stored-value";
constexpr auto kSecretsTopic = "arn:aws:sns:eu-west-1:111122223333:alarms";
constexpr auto kSecretsTask = "abcd0000000000070000000000000001";

/// Everything that is logged, as much as there is.
struct AllLogLines : LoggedLines {
  AllLogLines() { spdlog::default_logger()->set_level(spdlog::level::trace); }
};

class SecretsTest : public ::testing::Test {
 protected:
  SecretsTest() {
    const json value = {{"text", kValue}, {"tags", {{"team", "blue"}}}};
    aws_.control("keys", {{"AKIDTEST", {{"secret", kKey}, {"token", kToken}}}});
    aws_.control("set", {{"parameters", {{"resize_config", kValue}, {"db_password", kValue}}},
                         {"parameter_tags", {{"db_password", {{"Environment", "production"}}}}},
                         {"secrets", {{"resize_config", value}, {"db_password", value}}},
                         {"topics", {{kSecretsTopic, json::array()}}},
                         {"functions", {{"ring", json::object()}}},
                         {"buckets", {{"box", json::object()}}}});
  }

  Environment environment(const std::string& secret = kKey) {
    return aws_.session({{"AWS_SECRET_ACCESS_KEY", secret}, {"AWS_SESSION_TOKEN", kToken}})->environment();
  }

  /// What the errors of a call of every kind say.
  std::string use_everything(const Environment& environment) {
    std::string said;
    const auto attempt = [&](const std::function<void()>& call) {
      try {
        call();
      } catch (const std::exception& error) {
        said += std::string(error.what()) + '\n';
      }
    };
    AwsBackend all({.environment = environment}, aws_.clock, random_, waiting_);
    Session& session = all.session;
    attempt([&] { create_missing_tables(all.dynamo, all.tables, waiting_); });
    attempt([&] { all.store.claim({"worker", 1, 1, Time(1'795'490'346), 1200, "token"}); });
    attempt([&] { all.store.find(kSecretsTask); });
    all.events().record(
        std::vector{TaskEvent{kSecretsTask, "worker", TaskAction::invoked, Time(1'795'490'346), ""}});
    all.flush_events(60);
    said += all.metric.read(std::vector<std::string>{R"({"Namespace":"n","Name":"m"})"})[0].problem + '\n';
    SnsAlarm topic(session, kSecretsTopic);
    LambdaAlarm function(session, "ring");
    for (Alarm* alarm : std::vector<Alarm*>{&topic, &function}) {
      alarm->raise("dead", "task");
      alarm->send();
    }
    TableConfig table(all.dynamo, "production");
    ParameterConfig parameters(Ssm(session), "production");
    SecretConfig secrets{SecretsManager(session)};
    const std::vector<std::string> names{"resize_config"};
    for (ConfigSource* source : std::vector<ConfigSource*>{&table, &parameters, &secrets}) {
      attempt([&] { source->find(names); });
      attempt([&] { source->find_by_prefix("db"); });
    }
    attempt([&] { secrets.find_by_tag("blue"); });
    attempt([&] { Lambda(session).configuration("ring"); });
    attempt([&] { EventBridge(session).rule("x"); });
    attempt([&] { S3(session).put("box", "key", kValue); });
    attempt([&] { Sts(session.caller(kSts)).caller_identity(); });
    return said;
  }

  void expect_none(const std::string& text) {
    for (const char* secret : {kKey, kToken, kValue, "Signature=", "AWS4-HMAC-SHA256"})
      EXPECT_THAT(text, Not(HasSubstr(secret)));
  }

  FakeAws aws_;
  SeededRandom random_;
  struct : Waiting {
    void wait(Seconds) override {}
  } waiting_;
};

TEST_F(SecretsTest, StaySecretOnSuccess) {
  const AllLogLines lines;
  const std::string said = use_everything(environment());
  spdlog::trace("the end");
  EXPECT_THAT(lines.text(), HasSubstr("the end"));
  EXPECT_THAT(said, Not(HasSubstr("Signature")));
  expect_none(lines.text() + said);
}

TEST_F(SecretsTest, StaySecretWhenAServiceQuotesARequestThatItDoesNotBelieve) {
  const AllLogLines lines;
  const std::string said = use_everything(environment("hush-access-secret-of-another"));
  EXPECT_THAT(said, HasSubstr("InvalidSignatureException"));
  expect_none(lines.text() + said);
}

TEST_F(SecretsTest, StaySecretInEveryFailure) {
  const AllLogLines lines;
  std::string said;
  for (const char* trouble : {"throttle", "forbidden", "expired", "error_after", "cut_after"}) {
    aws_.inject("*", trouble, 100'000);
    said += use_everything(environment());
    aws_.control("calm", json::object());
  }
  EXPECT_THAT(said, HasSubstr("AccessDenied"));
  EXPECT_THAT(lines.text(), HasSubstr("lost"));
  expect_none(lines.text() + said);
}

}  // namespace
}  // namespace sosw::aws
