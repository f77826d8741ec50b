#include "aws/core/credential_chain.h"

#include <condition_variable>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/core/session.h"
#include "aws/fake/simulated_machine.h"

namespace sosw::aws {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Variables = std::map<std::string, std::string>;

constexpr Time kStart{1'800'000'000};  // 2027-01-15T08:00:00Z

std::string document(const std::string& id, const std::string& expires = "2027-01-15T09:00:00Z") {
  return R"({"Code":"Success","AccessKeyId":")" + id +
         R"(","SecretAccessKey":"s-secret","Token":"t-token","Expiration":")" + expires + R"("})";
}

std::string sts_answer(const std::string& action, const std::string& id) {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><Credentials><AccessKeyId>" + id +
         "</AccessKeyId><SecretAccessKey>s-secret</SecretAccessKey><SessionToken>t-token</SessionToken>"
         "<Expiration>2027-01-15T09:00:00Z</Expiration></Credentials></" +
         action + "Result></" + action + "Response>";
}

class CredentialChainTest : public ::testing::Test {
 protected:
  /// Variables that keep this machine's own settings out.
  Variables variables(Variables more) {
    more.emplace("AWS_CONFIG_FILE", (folder_.path / "config").string());
    more.emplace("AWS_SHARED_CREDENTIALS_FILE", (folder_.path / "credentials").string());
    return more;
  }
  std::unique_ptr<CredentialChain> chain(Variables more) {
    const Environment environment(variables(std::move(more)));
    return std::make_unique<CredentialChain>(environment, SharedConfig::load(environment), "eu-west-1",
                                             Machine{http_, clock_, random_, clock_});
  }
  std::string error_for(Variables more) {
    try {
      chain(std::move(more))->get();
      return "none";
    } catch (const Error& error) {
      return error.what();
    }
  }
  TemporaryFolder folder_;
  SimulatedClock clock_;
  SeededRandom random_;
  ScriptedHttp http_{[](const HttpRequest&) { return not_sent(); }};
};

TEST_F(CredentialChainTest, TheEnvironmentGoesFirst) {
  folder_.write("credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = x\n");
  const Credentials found =
      chain({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}})
          ->get();
  EXPECT_EQ(found.access_key_id, "ENV");
  EXPECT_EQ(found.secret_access_key, "s");
  EXPECT_EQ(found.session_token, "t");
  EXPECT_EQ(found.expires, std::nullopt);
}

TEST_F(CredentialChainTest, AnIncompleteKeyIsAnErrorThatShowsNoSecret) {
  EXPECT_THAT(error_for({{"AWS_SECRET_ACCESS_KEY", "hush"}}),
              AllOf(HasSubstr("must both be set, but the id is not"), Not(HasSubstr("hush"))));
}

TEST_F(CredentialChainTest, TheProfileHasKeys) {
  folder_.write("credentials",
                "[blue]\naws_access_key_id = FILE\naws_secret_access_key = x\n"
                "aws_session_token = y\n");
  EXPECT_EQ(chain({{"AWS_PROFILE", "blue"}})->get().session_token, "y");
}

TEST_F(CredentialChainTest, AProfileTakesItsRoleWithTheKeysOfAnother) {
  folder_.write("config",
                "[profile worker]\nrole_arn = arn:aws:iam::1:role/w\nsource_profile = boss\n"
                "external_id = e 1\nrole_session_name = me\n");
  folder_.write("credentials", "[boss]\naws_access_key_id = BOSS\naws_secret_access_key = x\n");
  http_.script = [](const HttpRequest&) { return answered(200, sts_answer("AssumeRole", "ROLE")); };
  const Credentials found = chain({{"AWS_PROFILE", "worker"}})->get();
  EXPECT_EQ(found.access_key_id, "ROLE");
  EXPECT_EQ(found.expires, kStart + 3600);
  ASSERT_THAT(http_.requests, SizeIs(1));
  EXPECT_EQ(http_.requests[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(
      http_.requests[0].body,
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fw&RoleSessionName=me"
      "&ExternalId=e%201");
  EXPECT_THAT(header(http_.requests[0], "Authorization"), HasSubstr("Credential=BOSS/"));
}

TEST_F(CredentialChainTest, CyclicProfilesAreAnError) {
  folder_.write("config",
                "[profile a]\nrole_arn = r\nsource_profile = b\n"
                "[profile b]\nrole_arn = r\nsource_profile = a\n");
  EXPECT_THAT(error_for({{"AWS_PROFILE", "a"}}), HasSubstr("lead to one another without end"));
}

TEST_F(CredentialChainTest, AProfileThatWeDoNotUnderstandSaysSo) {
  folder_.write("config", "[default]\nsso_session = x\n");
  EXPECT_THAT(error_for({}), HasSubstr("uses sso_session, which sosw does not understand"));
}

TEST_F(CredentialChainTest, AWebIdentityTokenIsReadAgainForEachExchange) {
  http_.script = [](const HttpRequest&) {
    return answered(200, sts_answer("AssumeRoleWithWebIdentity", "WEB"));
  };
  const auto file = folder_.write("token", "first\n");
  const auto source = chain({{"AWS_WEB_IDENTITY_TOKEN_FILE", file}, {"AWS_ROLE_ARN", "arn"}});
  EXPECT_EQ(source->get().access_key_id, "WEB");
  folder_.write("token", "second\n");
  clock_.time = kStart + 3000;
  source->get();
  ASSERT_THAT(http_.requests, SizeIs(2));
  EXPECT_THAT(http_.requests[0].body, HasSubstr("&WebIdentityToken=first"));
  EXPECT_THAT(http_.requests[1].body, HasSubstr("&WebIdentityToken=second"));
  EXPECT_EQ(header(http_.requests[0], "Authorization"), "");
}

TEST_F(CredentialChainTest, AConfiguredSourceThatFailsIsNotSkipped) {
  http_.script = [](const HttpRequest&) {
    return answered(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
  };
  const auto file = folder_.write("token", "secret-token");
  EXPECT_THAT(error_for({{"AWS_WEB_IDENTITY_TOKEN_FILE", file}, {"AWS_ROLE_ARN", "arn"}}),
              AllOf(HasSubstr("AccessDenied"), Not(HasSubstr("secret-token"))));
  EXPECT_THAT(http_.requests, SizeIs(1));
}

TEST_F(CredentialChainTest, AContainerIsAskedAtItsAddressWithItsToken) {
  http_.script = [](const HttpRequest&) { return answered(200, document("BOX")); };
  EXPECT_EQ(chain({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}})->get().access_key_id, "BOX");
  EXPECT_EQ(http_.requests[0].url, "http://169.254.170.2/v2/x");
  EXPECT_TRUE(http_.requests[0].direct);
  const auto file = folder_.write("token", "from file");
  chain({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:99/creds"},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "from variable"}})
      ->get();
  EXPECT_EQ(header(http_.requests[1], "Authorization"), "from file");
}

TEST_F(CredentialChainTest, AContainersTokenIsNotSentToJustAnyHost) {
  for (const char* url : {"http://example.com/x", "http://127.0.0.1.example.com/x", "http://10.0.0.1/x",
                          "http://localhost.example.com/"}) {
    EXPECT_THAT(
        error_for({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "t"}}),
        HasSubstr("must be https"));
  }
  EXPECT_THAT(error_for({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/x"},
                         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nEvil: b"}}),
              HasSubstr("line break"));
  EXPECT_THAT(http_.requests, SizeIs(0));
  http_.script = [](const HttpRequest&) { return answered(200, document("BOX")); };
  for (const char* url : {"https://example.com/x", "http://[::1]:80/x", "http://localhost:1/x",
                          "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"})
    EXPECT_EQ(chain({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}})->get().access_key_id, "BOX");
}

HttpAnswer instance(const HttpRequest& request) {
  if (request.url.ends_with("/latest/api/token"))
    return request.method == "PUT" ? answered(200, "session") : answered(405);
  if (header(request, "X-aws-ec2-metadata-token") != "session") return answered(401);
  if (request.url.ends_with("/security-credentials/")) return answered(200, "my-role");
  if (request.url.ends_with("/security-credentials/my-role")) return answered(200, document("INSTANCE"));
  if (request.url.ends_with("/placement/region")) return answered(200, "ap-south-1");
  return answered(404);
}

TEST_F(CredentialChainTest, AnInstanceIsAskedWithASessionToken) {
  http_.script = instance;
  EXPECT_EQ(chain({})->get().access_key_id, "INSTANCE");
  EXPECT_THAT(http_.requests[0].url, "http://169.254.169.254/latest/api/token");
  for (const HttpRequest& request : http_.requests) {
    EXPECT_TRUE(request.direct);
    EXPECT_LE(request.timeout, 1);
  }
}

TEST_F(CredentialChainTest, AnInstanceWithoutSessionTokensIsNotAskedByVersion1) {
  http_.script = [](const HttpRequest& request) {
    return request.method == "PUT" ? answered(403) : answered(200, document("V1"));
  };
  EXPECT_THAT(error_for({}),
              HasSubstr("instance metadata: http://169.254.169.254/latest/api/token answered HTTP 403"));
  EXPECT_THAT(http_.requests, SizeIs(1));
}

TEST_F(CredentialChainTest, TheMetadataEndpointCanBeConfiguredOrDisabled) {
  http_.script = instance;
  chain({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}})->get();
  EXPECT_EQ(http_.requests[0].url, "http://127.0.0.1:1338/latest/api/token");
  http_.requests.clear();
  EXPECT_THAT(error_for({{"AWS_EC2_METADATA_DISABLED", "TRUE"}}), HasSubstr("switched off"));
  EXPECT_THAT(http_.requests, SizeIs(0));
}

TEST_F(CredentialChainTest, WithoutCredentialsTheErrorSaysWhatWasTried) {
  EXPECT_THAT(error_for({}),
              AllOf(HasSubstr("environment: AWS_ACCESS_KEY_ID is not set"),
                    HasSubstr("web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set"),
                    HasSubstr("profile: there is no profile 'default'"), HasSubstr("container: "),
                    HasSubstr("instance metadata: http://169.254.169.254/latest/api/token: nobody there")));
}

TEST_F(CredentialChainTest, CredentialsAreRenewedBeforeTheyExpire) {
  http_.script = [&](const HttpRequest&) {
    return answered(200, document("KEY" + std::to_string(http_.requests.size()), "2027-01-15T09:00:00Z"));
  };
  const auto source = chain({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}});
  EXPECT_EQ(source->get().access_key_id, "KEY1");
  clock_.time = kStart + 3600 - 16 * 60;
  EXPECT_EQ(source->get().access_key_id, "KEY1");
  clock_.time = kStart + 3600 - 14 * 60;
  EXPECT_EQ(source->get().access_key_id, "KEY2");
}

TEST_F(CredentialChainTest, WhileARenewalFailsTheOldOnesAreUsedUntilTheyExpire) {
  bool works = true;
  http_.script = [&](const HttpRequest&) { return works ? answered(200, document("KEY")) : answered(500); };
  const auto source = chain({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}});
  source->get();
  works = false;
  clock_.time = kStart + 3600 - 10 * 60;
  EXPECT_EQ(source->get().access_key_id, "KEY");
  const std::size_t asked = http_.requests.size();
  clock_.time += 30;
  source->get();
  EXPECT_EQ(http_.requests.size(), asked) << "the next try is not due yet";
  clock_.time += 200;
  source->get();
  EXPECT_GT(http_.requests.size(), asked);
  clock_.time = kStart + 3600;
  EXPECT_THROW(source->get(), AwsError);
}

TEST_F(CredentialChainTest, RejectedCredentialsAreNotUsedAgain) {
  http_.script = [&](const HttpRequest&) {
    return answered(200, document("KEY" + std::to_string(http_.requests.size())));
  };
  const auto source = chain({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}});
  const Credentials first = source->get();
  source->reject(first);
  EXPECT_EQ(source->get().access_key_id, "KEY2");
  source->reject(first);  // a late word about the old ones
  EXPECT_EQ(source->get().access_key_id, "KEY2");
}

TEST_F(CredentialChainTest, OneThreadRenewsWhileOthersUseTheOldOnes) {
  const auto source = chain({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}});
  http_.script = [&](const HttpRequest&) { return answered(200, document("OLD")); };
  source->get();
  clock_.time = kStart + 3600 - 10 * 60;
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false;
  bool may_answer = false;
  http_.script = [&](const HttpRequest&) {
    std::unique_lock lock(mutex);
    asked = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_answer; });
    return answered(200, document("NEW", "2027-01-15T10:00:00Z"));
  };
  std::string renewed;
  std::thread renewing([&] { renewed = source->get().access_key_id; });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked; });
  }
  EXPECT_EQ(source->get().access_key_id, "OLD");
  {
    const std::lock_guard lock(mutex);
    may_answer = true;
    changed.notify_all();
  }
  renewing.join();
  EXPECT_EQ(renewed, "NEW");
  EXPECT_EQ(source->get().access_key_id, "NEW");
  EXPECT_THAT(http_.requests, SizeIs(2));
}

class SessionTest : public CredentialChainTest {
 protected:
  std::string region(Variables more) {
    return Session(Environment(variables(std::move(more))), {http_, clock_, random_, clock_}).region();
  }
};

TEST_F(SessionTest, TheRegionIsFoundWhereAwsToolsLook) {
  http_.script = instance;
  EXPECT_EQ(region({}), "ap-south-1");
  folder_.write("config", "[default]\nregion = sa-east-1\n");
  EXPECT_EQ(region({}), "sa-east-1");
  EXPECT_EQ(region({{"AWS_DEFAULT_REGION", "eu-north-1"}}), "eu-north-1");
  EXPECT_EQ(region({{"AWS_DEFAULT_REGION", "eu-north-1"}, {"AWS_REGION", "eu-west-3"}}), "eu-west-3");
}

TEST_F(SessionTest, WithoutARegionTheErrorSaysWhereToSetIt) {
  try {
    region({{"AWS_EC2_METADATA_DISABLED", "true"}});
    FAIL();
  } catch (const InvalidConfig& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("AWS_REGION"), HasSubstr("profile 'default'")));
  }
}

TEST_F(SessionTest, TheNumberOfAttemptsCanBeConfigured) {
  const auto attempts = [&](Variables more) {
    more.emplace("AWS_REGION", "eu-west-1");
    Session session(Environment(variables(std::move(more))), {http_, clock_, random_, clock_});
    return session.caller(kDynamoDb, 4).setup().max_attempts;
  };
  EXPECT_EQ(attempts({}), 4);
  EXPECT_EQ(attempts({{"AWS_MAX_ATTEMPTS", "7"}}), 7);
  EXPECT_THROW(attempts({{"AWS_MAX_ATTEMPTS", "many"}}), InvalidConfig);
  folder_.write("config", "[default]\nmax_attempts = 5\n");
  EXPECT_EQ(attempts({}), 5);
}

}  // namespace
}  // namespace sosw::aws
