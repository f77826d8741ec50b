#include "config/config_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/fake_aws.h"
#include "log_lines.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Values = std::map<std::string, std::string>;

const std::vector<std::string> kNames = {"sosw_essential_config", "resize_config"};

class ConfigSourcesTest : public ::testing::Test {
 protected:
  void make_table() {
    dynamo_.create_table(
        {.name = "config", .key = {"env", "config_name"}, .key_types = {{"env", "S"}, {"config_name", "S"}}});
    const auto put = [this](const char* env, const char* name, const char* value) {
      dynamo_.put(
          PutItem{.table = "config", .item = {{"env", env}, {"config_name", name}, {"config_value", value}}});
    };
    put("production", "resize_config", R"({"a": 1})");
    put("production", "db_host", "h");
    put("production", "db_port", "17");
    put("production", "dbx", "no");
    put("dev", "resize_config", "{}");
  }
  void set_parameters() {
    aws_.control("set",
                 {{"parameters", {{"resize_config", "{}"}, {"db_user", "u"}, {"db_dev", "d"}}},
                  {"parameter_tags",
                   {{"db_user", {{"Environment", "production"}}}, {"db_dev", {{"Environment", "dev"}}}}},
                  {"page", 1}});
  }
  void set_secrets() {
    aws_.control("set", {{"secrets",
                          {{"resize_config", {{"text", "{}"}}},
                           {"db_password", {{"text", "hush"}, {"tags", {{"team", "blue"}}}}}}},
                         {"page", 1}});
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  DynamoDb dynamo_{*session_};
  TableConfig table_{dynamo_, "production"};
  ParameterConfig parameters_{Ssm(*session_), "production"};
  SecretConfig secrets_{SecretsManager(*session_)};
};

TEST_F(ConfigSourcesTest, TheTableKnowsConfigurationsOfItsEnvironment) {
  make_table();
  EXPECT_EQ(table_.find(kNames), (Values{{"resize_config", R"({"a": 1})"}}));
  EXPECT_EQ(TableConfig(dynamo_, "dev").find(kNames), (Values{{"resize_config", "{}"}}));
  EXPECT_EQ(table_.find_by_prefix("db"), (Values{{"host", "h"}, {"port", "17"}}));
  EXPECT_EQ(table_.find_by_prefix("db_"), (Values{{"host", "h"}, {"port", "17"}}));
  EXPECT_THAT(table_.find_by_prefix("none"), IsEmpty());
}

TEST_F(ConfigSourcesTest, TheParameterStoreKnowsThoseWithTheTagOfTheEnvironment) {
  set_parameters();
  EXPECT_EQ(parameters_.find(kNames), (Values{{"resize_config", "{}"}}));
  EXPECT_EQ(parameters_.find_by_prefix("db"), (Values{{"user", "u"}}));
  EXPECT_THAT(parameters_.find_by_prefix("none"), IsEmpty());
}

TEST_F(ConfigSourcesTest, SecretsAreFoundByNamePrefixAndTag) {
  set_secrets();
  EXPECT_EQ(secrets_.find(kNames), (Values{{"resize_config", "{}"}}));
  EXPECT_EQ(secrets_.find_by_prefix("db"), (Values{{"password", "hush"}}));
  EXPECT_EQ(secrets_.find_by_tag("blue"), (Values{{"db_password", "hush"}}));
  EXPECT_THAT(secrets_.find_by_tag("red"), IsEmpty());
}

TEST_F(ConfigSourcesTest, AForbiddenOrMissingSourceIsEmptyAndLoggedOnce) {
  const LoggedLines lines;
  EXPECT_THAT(table_.find(kNames), IsEmpty());
  const std::size_t told = lines.text().size();
  EXPECT_THAT(lines.text(), HasSubstr("a source of configuration is left out: DynamoDB"));
  EXPECT_THAT(table_.find_by_prefix("db"), IsEmpty());
  EXPECT_EQ(lines.text().size(), told);
  aws_.inject("*", "forbidden", 1000);
  for (ConfigSource* source : std::vector<ConfigSource*>{&parameters_, &secrets_}) {
    EXPECT_THAT(source->find(kNames), IsEmpty());
    EXPECT_THAT(source->find_by_prefix("db"), IsEmpty());
  }
  EXPECT_THAT(lines.text(), HasSubstr("SSM"));
  EXPECT_THAT(lines.text(), HasSubstr("Secrets Manager"));
}

TEST_F(ConfigSourcesTest, OneForbiddenNameDoesNotHideTheOthers) {
  const LoggedLines lines;
  set_parameters();
  aws_.inject("GetParameters", "forbidden", 2);  // all together, and the first name alone
  EXPECT_EQ(parameters_.find(kNames), (Values{{"resize_config", "{}"}}));
  set_secrets();
  aws_.inject("GetSecretValue", "forbidden", 1);
  EXPECT_EQ(secrets_.find(kNames), (Values{{"resize_config", "{}"}}));
}

TEST_F(ConfigSourcesTest, AnUnavailableSourceIsAnError) {
  make_table();
  aws_.inject("*", "throttle", 1000);
  EXPECT_THROW(table_.find(kNames), AwsError);
  EXPECT_THROW(parameters_.find(kNames), AwsError);
  EXPECT_THROW(secrets_.find(kNames), AwsError);
}

TEST_F(ConfigSourcesTest, TestsReadTheEnvironmentForTests) {
  EXPECT_EQ(config_env(Environment()), "production");
  EXPECT_EQ(config_env(environment_of({{"STAGE", "prod"}})), "production");
  EXPECT_EQ(config_env(environment_of({{"STAGE", "test"}})), "dev");
  EXPECT_EQ(config_env(environment_of({{"STAGE", "autotest"}})), "dev");
}

}  // namespace
}  // namespace sosw::aws
