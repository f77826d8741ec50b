#include "aws/core/shared_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/core/endpoint.h"
#include "aws/fake/simulated_machine.h"

namespace sosw::aws {
namespace {

using ::testing::HasSubstr;

constexpr auto kConfig = R"(# a comment
[default]
region = eu-west-1
s3 =
    endpoint_url = http://nested
    addressing_style = path
output = json

; another comment
[profile blue]
region=us-gov-west-1
services = ours
endpoint_url = http://all.blue:1
aws_access_key_id = FROM_CONFIG

[services ours]
dynamodb =
  endpoint_url = http://dynamo.blue:2/

[sso-session x]
sso_region = us-east-1
)";
constexpr auto kKeys = R"([default]
aws_access_key_id = AKID
aws_secret_access_key = se#cr=et
[blue]
aws_access_key_id = FROM_CREDENTIALS
)";

class SharedConfigTest : public ::testing::Test {
 protected:
  Environment environment(std::map<std::string, std::string> more = {}) {
    more.emplace("AWS_CONFIG_FILE", folder_.write("config", kConfig));
    more.emplace("AWS_SHARED_CREDENTIALS_FILE", folder_.write("credentials", kKeys));
    return Environment(std::move(more));
  }
  SharedConfig load(std::map<std::string, std::string> more = {}) {
    return SharedConfig::load(environment(std::move(more)));
  }
  std::string error_for(const std::string& config) {
    try {
      SharedConfig::load(environment_of({{"AWS_CONFIG_FILE", folder_.write("bad", config)}}));
      return "none";
    } catch (const InvalidConfig& error) {
      return error.what();
    }
  }
  TemporaryFolder folder_;
};

TEST_F(SharedConfigTest, ReadsTheDefaultProfileOfBothFiles) {
  const SharedConfig config = load();
  EXPECT_EQ(config.get("region"), "eu-west-1");
  EXPECT_EQ(config.get("aws_secret_access_key"), "se#cr=et");
  EXPECT_EQ(config.get("s3.endpoint_url"), "http://nested");
  EXPECT_EQ(config.get("output"), "json");
  EXPECT_EQ(config.get("endpoint_url"), std::nullopt);
}

TEST_F(SharedConfigTest, TheProfileComesFromTheEnvironmentAndTheCredentialsFileGoesFirst) {
  const SharedConfig config = load({{"AWS_PROFILE", "blue"}});
  EXPECT_EQ(config.get("region"), "us-gov-west-1");
  EXPECT_EQ(config.get("aws_access_key_id"), "FROM_CREDENTIALS");
}

TEST_F(SharedConfigTest, FilesAreLookedForAtHome) {
  std::filesystem::create_directory(folder_.path / ".aws");
  std::ofstream(folder_.path / ".aws" / "config") << kConfig;
  const SharedConfig config = SharedConfig::load(environment_of({{"HOME", folder_.path.string()}}));
  EXPECT_EQ(config.get("region"), "eu-west-1");
}

TEST_F(SharedConfigTest, MissingFilesAreEmpty) {
  EXPECT_EQ(SharedConfig::load(environment_of({{"HOME", "/nowhere"}})).get("region"), std::nullopt);
  EXPECT_EQ(SharedConfig::load(Environment()).get("region"), std::nullopt);
}

TEST_F(SharedConfigTest, AMissingProfileIsAnError) {
  EXPECT_THROW(load({{"AWS_PROFILE", "green"}}), InvalidConfig);
}

TEST_F(SharedConfigTest, InvalidLinesAreNamedButNotQuoted) {
  EXPECT_THAT(error_for("[default]\nregion = x\nsecret stuff\n"),
              HasSubstr("bad:3: this is no 'key = value'"));
  EXPECT_THAT(error_for("[default]\nsecret stuff\n"), ::testing::Not(HasSubstr("stuff")));
  EXPECT_THAT(error_for("region = x\n"), HasSubstr("bad:1: a setting stands before the first [heading]"));
  EXPECT_THAT(error_for("[default\n"), HasSubstr("bad:1: the heading has no closing bracket"));
}

TEST_F(SharedConfigTest, EndpointsComeFromTheMostSpecificSetting) {
  const auto endpoint = [&](const Service& service, std::map<std::string, std::string> more) {
    const Environment surroundings = environment(std::move(more));
    return endpoint_of(service, "eu-west-1", surroundings, SharedConfig::load(surroundings));
  };
  EXPECT_EQ(endpoint(kDynamoDb, {}), "https://dynamodb.eu-west-1.amazonaws.com");
  EXPECT_EQ(endpoint(kCloudWatch, {}), "https://monitoring.eu-west-1.amazonaws.com");
  EXPECT_EQ(endpoint(kDynamoDb, {{"AWS_PROFILE", "blue"}}), "http://dynamo.blue:2");
  EXPECT_EQ(endpoint(kLambda, {{"AWS_PROFILE", "blue"}}), "http://all.blue:1");
  EXPECT_EQ(endpoint(kLambda, {{"AWS_PROFILE", "blue"}, {"AWS_ENDPOINT_URL", "http://any/"}}), "http://any");
  EXPECT_EQ(endpoint(kSecretsManager, {{"AWS_ENDPOINT_URL", "http://any"},
                                       {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://one/base/"}}),
            "http://one/base");
  EXPECT_EQ(endpoint(kLambda,
                     {{"AWS_ENDPOINT_URL", "http://any"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
            "https://lambda.eu-west-1.amazonaws.com");
  EXPECT_EQ(endpoint(kLambda, {{"AWS_USE_FIPS_ENDPOINT", "true"}}),
            "https://lambda-fips.eu-west-1.amazonaws.com");
  EXPECT_THROW(endpoint(kLambda, {{"AWS_ENDPOINT_URL", "localhost:4566"}}), InvalidConfig);
}

TEST_F(SharedConfigTest, EveryPartitionHasItsOwnHosts) {
  const auto endpoint = [](const std::string& region) {
    return endpoint_of(kSns, region, Environment(), SharedConfig());
  };
  EXPECT_EQ(endpoint("cn-north-1"), "https://sns.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(endpoint("us-gov-west-1"), "https://sns.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(endpoint("us-iso-east-1"), "https://sns.us-iso-east-1.c2s.ic.gov");
  EXPECT_EQ(endpoint("us-isob-east-1"), "https://sns.us-isob-east-1.sc2s.sgov.gov");
  EXPECT_EQ(partition_of("us-west-2"), "aws");
  EXPECT_EQ(partition_of("cn-north-1"), "aws-cn");
  EXPECT_EQ(partition_of("us-gov-east-1"), "aws-us-gov");
  EXPECT_THROW(endpoint("evil.example/"), InvalidConfig);
  EXPECT_THROW(endpoint(""), InvalidConfig);
}

}  // namespace
}  // namespace sosw::aws
