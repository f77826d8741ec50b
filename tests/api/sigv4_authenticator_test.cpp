#include "api/sigv4_authenticator.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "aws/core/sigv4.h"
#include "http/server/serving.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr Time kNow{1440938160};  // 2015-08-30T12:36:00Z

class SetClock final : public Clock {
 public:
  Time now() override { return time; }
  MonotonicTime monotonic() override { return MonotonicTime(time.load().since_epoch()); }
  std::atomic<Time> time = kNow;
};

/// A server with the token "s3cret", and those who sign.
class SigV4AuthenticatorTest : public ::testing::Test {
 protected:
  web::RawClient::Reception call(const aws::Credentials& credentials,
                                 const std::string& path = "/2015-03-31/functions/work/invocations") {
    aws::HttpRequest request{
        .url = "http://localhost" + path, .headers = {{"Host", "localhost"}}, .body = "{}"};
    request = aws::sign(std::move(request), credentials, {"eu-west-3", "lambda"}, kNow);
    std::string lines;
    for (const auto& [name, value] : request.headers)
      if (name != "Host") lines += fmt::format("{}: {}\r\n", name, value);
    web::RawClient client = serving_.client();
    client.post(path, request.body, lines);
    return client.receive();
  }

  SetClock clock_;
  web::Serving serving_{
      web::echo, {}, {.token = "s3cret", .proofs = {std::make_shared<SigV4Authenticator>("s3cret", clock_)}}};
};

TEST_F(SigV4AuthenticatorTest, AcceptsTheToken) {
  EXPECT_EQ(call({"sosw", "s3cret", ""}).status, 200);
  EXPECT_EQ(call({"sosw", "s3cret", "a session"}, "/api/v1/jobs?limit=1").status, 200);
}

TEST_F(SigV4AuthenticatorTest, RefusalsAreThoseOfLambda) {
  const auto wrong = call({"sosw", "guessed", ""});
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(wrong.headers.at("x-amzn-errortype"), "InvalidSignatureException");
  EXPECT_THAT(json::parse(wrong.body)["message"].get<std::string>(),
              HasSubstr("SOSW_TOKEN as AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(wrong.body, testing::Not(HasSubstr("s3cret")));
  const auto unknown = call({"AKIDEXAMPLE", "s3cret", ""});
  EXPECT_EQ(unknown.status, 403);
  EXPECT_EQ(unknown.headers.at("x-amzn-errortype"), "UnrecognizedClientException");
  EXPECT_THAT(unknown.body, HasSubstr("'AKIDEXAMPLE' is unknown; this server wants AWS_ACCESS_KEY_ID=sosw"));
}

TEST_F(SigV4AuthenticatorTest, AnExpiredSignatureIsRefusedWithTheServerTime) {
  clock_.time = kNow + 901;
  const auto late = call({"sosw", "s3cret", ""});
  EXPECT_EQ(late.status, 403);
  EXPECT_EQ(late.headers.at("x-amzn-errortype"), "InvalidSignatureException");
  EXPECT_EQ(late.headers.at("date"), "Sun, 30 Aug 2015 12:51:01 GMT");
  EXPECT_THAT(late.body, HasSubstr("set the clock"));
}

TEST_F(SigV4AuthenticatorTest, UnderTheJsonApiRefusalsAreItsOwn) {
  const auto wrong = call({"sosw", "guessed", ""}, "/api/v1/status");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(json::parse(wrong.body)["error"]["code"], "unauthorized");
}

TEST_F(SigV4AuthenticatorTest, APresignedUrlIsNotAccepted) {
  web::RawClient client = serving_.client();
  client.get("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=sosw&X-Amz-Signature=0");
  EXPECT_EQ(client.receive().status, 401);
}

}  // namespace
}  // namespace sosw
