#include "aws/core/caller.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/simulated_machine.h"

namespace sosw::aws {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

HttpAnswer failed(int status, const std::string& code, Headers headers = {}) {
  return answered(status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code + R"(","message":"no"})",
                  std::move(headers));
}

/// Credentials that can be renewed, a number of times.
struct RenewableCredentials final : CredentialSource {
  Credentials get() override { return {"AKID" + std::to_string(generation), "the-secret", "the-token"}; }
  void reject(const Credentials&) override {
    if (generation < generations) ++generation;
  }
  int generation = 1;
  int generations = 1;
};

class CallerTest : public ::testing::Test {
 protected:
  Caller caller(CredentialSource* source) {
    return Caller({.service = "DynamoDB",
                   .signed_as = "dynamodb",
                   .region = "eu-west-1",
                   .endpoint = "http://here/base",
                   .max_attempts = 3,
                   .first_delay = 0.05},
                  source, {http_, clock_, random_, clock_});
  }

  /// Answers in this order, the last one for ever.
  Reply send(std::deque<HttpAnswer> answers, Repeat repeat = Repeat::always) {
    http_.script = [answers](const HttpRequest&) mutable {
      HttpAnswer answer = answers.front();
      if (answers.size() > 1) answers.pop_front();
      return answer;
    };
    const Call call{.operation = "UpdateItem", .request = {.url = "/", .body = "{}"}, .repeat = repeat};
    return caller_.send({&call, 1}).front();
  }

  SimulatedClock clock_;
  HighestDraw random_;
  ScriptedHttp http_;
  RenewableCredentials credentials_;
  Caller caller_ = caller(&credentials_);
};

TEST_F(CallerTest, SignsAndSendsBelowTheEndpoint) {
  EXPECT_FALSE(send({answered(200, "fine")}).error);
  ASSERT_THAT(http_.requests, SizeIs(1));
  EXPECT_EQ(http_.requests[0].url, "http://here/base/");
  EXPECT_THAT(header(http_.requests[0], "Authorization"),
              AllOf(HasSubstr("Credential=AKID1/20270115/eu-west-1/dynamodb/aws4_request"),
                    HasSubstr("amz-sdk-invocation-id")));
  EXPECT_EQ(header(http_.requests[0], "amz-sdk-request"), "attempt=1; max=3");
}

TEST_F(CallerTest, WithoutCredentialsRequestsAreNotSigned) {
  http_.script = [](const HttpRequest&) { return answered(200); };
  caller(nullptr).send_one({.operation = "AssumeRoleWithWebIdentity"});
  EXPECT_EQ(header(http_.requests[0], "Authorization"), "");
}

TEST_F(CallerTest, TriesTransientErrorsAgainWithGrowingDelays) {
  for (const HttpAnswer& trouble : {not_sent(), cut_off(), answered(500), answered(503, "<html>busy</html>"),
                                    failed(400, "RequestTimeoutException")}) {
    clock_.waits.clear();
    http_.requests.clear();
    EXPECT_FALSE(send({trouble, trouble, answered(200)}).error) << trouble.status;
    EXPECT_THAT(http_.requests, SizeIs(3));
    EXPECT_THAT(clock_.waits, ElementsAre(DoubleNear(0.05, 1e-9), DoubleNear(0.1, 1e-9)));
  }
}

TEST_F(CallerTest, WaitsLongerWhenThrottled) {
  EXPECT_FALSE(send({failed(400, "ProvisionedThroughputExceededException"),
                     failed(400, "ThrottlingException"), answered(200)})
                   .error);
  EXPECT_THAT(clock_.waits, ElementsAre(DoubleNear(1, 1e-9), DoubleNear(2, 1e-9)));
}

TEST_F(CallerTest, DelaysAreDrawnBetweenNothingAndTheirBound) {
  SeededRandom random;
  Caller drawing({.service = "X", .endpoint = "http://here"}, nullptr, {http_, clock_, random, clock_});
  http_.script = [](const HttpRequest&) { return failed(400, "Throttling"); };
  for (int i = 0; i < 20; ++i) {
    const Call call{.operation = "Y"};
    drawing.send({&call, 1});
  }
  EXPECT_THAT(clock_.waits, ::testing::Each(AllOf(Ge(0), Le(2))));
  EXPECT_LT(*std::min_element(clock_.waits.begin(), clock_.waits.end()), 0.3);
  EXPECT_GT(*std::max_element(clock_.waits.begin(), clock_.waits.end()), 1);
}

TEST_F(CallerTest, AServiceMayAskForMoreDelayButNotForMuchMore) {
  send({answered(503, "", {{"x-amz-retry-after", "1500"}}), answered(200)});
  send({answered(503, "", {{"x-amz-retry-after", "600000"}}), answered(200)});
  EXPECT_THAT(clock_.waits, ElementsAre(DoubleNear(1.5, 1e-9), DoubleNear(5.05, 1e-9)));
}

TEST_F(CallerTest, GivesUpAfterMaxAttemptsAndReportsTheError) {
  const Reply reply = send({failed(400, "ThrottlingException", {{"x-amzn-RequestId", "R1"}})});
  ASSERT_TRUE(reply.error);
  EXPECT_THAT(http_.requests, SizeIs(3));
  EXPECT_EQ(reply.error->service, "DynamoDB");
  EXPECT_EQ(reply.error->code, "ThrottlingException");
  EXPECT_EQ(reply.error->status, 400);
  EXPECT_EQ(reply.error->request_id, "R1");
  EXPECT_TRUE(reply.error->retryable);
  EXPECT_TRUE(reply.error->throttled);
  EXPECT_FALSE(reply.error->maybe_done);
  EXPECT_STREQ(reply.error->what(), "DynamoDB UpdateItem: ThrottlingException: no (HTTP 400, request R1)");
}

TEST_F(CallerTest, AnInvalidRequestIsNotRetried) {
  for (const char* code :
       {"ValidationException", "ConditionalCheckFailedException", "AccessDeniedException"}) {
    http_.requests.clear();
    const Reply reply = send({failed(400, code)});
    EXPECT_EQ(reply.error->code, code);
    EXPECT_FALSE(reply.error->retryable);
    EXPECT_THAT(http_.requests, SizeIs(1));
  }
}

/// How often a request was sent that met this trouble each time.
TEST_F(CallerTest, ARequestOfUnknownOutcomeIsOnlyRetriedIfIdempotent) {
  const auto attempts = [&](const HttpAnswer& trouble, Repeat repeat) {
    http_.requests.clear();
    send({trouble}, repeat);
    return http_.requests.size();
  };
  const HttpAnswer throttle = failed(400, "ThrottlingException");
  const HttpAnswer damaged = answered(200, "text", {{"x-amz-crc32", "1"}});
  using enum Repeat;
  for (const Repeat repeat : {always, unless_unheard, unless_uncertain}) {
    EXPECT_EQ(attempts(not_sent(), repeat), 3U);
    EXPECT_EQ(attempts(throttle, repeat), 3U);
  }
  EXPECT_EQ(attempts(answered(500), always), 3U);
  EXPECT_EQ(attempts(answered(500), unless_unheard), 3U);
  EXPECT_EQ(attempts(answered(500), unless_uncertain), 1U);
  EXPECT_EQ(attempts(cut_off(), always), 3U);
  EXPECT_EQ(attempts(cut_off(), unless_unheard), 1U);
  EXPECT_EQ(attempts(cut_off(), unless_uncertain), 1U);
  EXPECT_EQ(attempts(damaged, always), 3U);
  EXPECT_EQ(attempts(damaged, unless_unheard), 1U);
}

TEST_F(CallerTest, ErrorsSayWhetherTheRequestMayHaveTakenEffect) {
  EXPECT_FALSE(send({not_sent()}).error->maybe_done);
  EXPECT_TRUE(send({cut_off()}).error->maybe_done);
  EXPECT_TRUE(send({answered(500)}).error->maybe_done);
  EXPECT_FALSE(send({failed(400, "ValidationException")}).error->maybe_done);
}

TEST_F(CallerTest, AnAnswerWithAWrongChecksumIsRequestedAgain) {
  const HttpAnswer damaged = answered(200, "123456789", {{"x-amz-crc32", "1"}});
  const HttpAnswer whole = answered(200, "123456789", {{"x-amz-crc32", "3421780262"}});
  const Reply reply = send({damaged, whole});
  EXPECT_FALSE(reply.error);
  EXPECT_THAT(http_.requests, SizeIs(2));
}

TEST_F(CallerTest, ManyFailuresExhaustTheRetryBudgetUntilSuccessesRefillIt) {
  std::size_t calls = 0;
  do {
    http_.requests.clear();
    send({answered(500)});
    ++calls;
  } while (http_.requests.size() > 1);
  EXPECT_EQ(calls, 19U);  // 500 tokens, two retries of 14 tokens a call
  for (int i = 0; i < 14; ++i) send({answered(200)});
  http_.requests.clear();
  send({answered(500), answered(200)});
  EXPECT_THAT(http_.requests, SizeIs(2));
}

TEST_F(CallerTest, OnlyFailedRequestsAreRetried) {
  http_.script = [](const HttpRequest& request) {
    const bool first = header(request, "amz-sdk-request").starts_with("attempt=1");
    return first && request.body == "2" ? answered(500) : answered(200, request.body);
  };
  std::vector<Call> calls;
  for (int i = 0; i < 5; ++i) calls.push_back({.operation = "X", .request = {.body = std::to_string(i)}});
  const auto replies = caller_.send(calls);
  EXPECT_THAT(http_.requests, SizeIs(6));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(replies[i].answer.body, std::to_string(i));
  EXPECT_EQ(header(http_.requests[5], "amz-sdk-invocation-id"),
            header(http_.requests[2], "amz-sdk-invocation-id"));
}

TEST_F(CallerTest, CorrectsAWrongClockOnce) {
  clock_.time = Time(1'800'000'000);
  http_.script = [](const HttpRequest& request) {
    if (header(request, "X-Amz-Date") == "20270115T090000Z") return answered(200);
    return failed(400, "InvalidSignatureException", {{"Date", "Fri, 15 Jan 2027 09:00:00 GMT"}});
  };
  const Call call{.operation = "X"};
  EXPECT_FALSE(caller_.send({&call, 1}).front().error);
  EXPECT_THAT(http_.requests, SizeIs(2));
  EXPECT_THAT(clock_.waits, SizeIs(0));
  EXPECT_FALSE(caller_.send({&call, 1}).front().error);
  EXPECT_THAT(http_.requests, SizeIs(3));
}

TEST_F(CallerTest, ABadSignatureAtTheRightTimeIsFinal) {
  const Reply reply =
      send({failed(400, "InvalidSignatureException", {{"Date", "Fri, 15 Jan 2027 08:00:10 GMT"}})});
  EXPECT_EQ(reply.error->code, "InvalidSignatureException");
  EXPECT_THAT(http_.requests, SizeIs(1));
}

TEST_F(CallerTest, ExpiredCredentialsAreRenewedOnce) {
  credentials_.generations = 2;
  EXPECT_FALSE(send({failed(400, "ExpiredTokenException"), answered(200)}).error);
  EXPECT_THAT(header(http_.requests[1], "Authorization"), HasSubstr("Credential=AKID2/"));
  EXPECT_THAT(clock_.waits, SizeIs(0));
}

TEST_F(CallerTest, CredentialsThatCannotBeRenewedAreNotTriedAgain) {
  EXPECT_EQ(send({failed(400, "UnrecognizedClientException")}).error->code, "UnrecognizedClientException");
  EXPECT_THAT(http_.requests, SizeIs(1));
}

TEST_F(CallerTest, ErrorsNeverQuoteWhatIsSecret) {
  const std::string body =
      R"({"__type":"x#IncompleteSignatureException","message":"the-token and the-secret: Authorization=AWS4-HMAC )"
      R"(Signature=abc\nThe Canonical String was: the-token"})";
  const Reply reply = send({answered(403, body)});
  EXPECT_THAT(reply.error->what(), AllOf(Not(HasSubstr("the-token")), Not(HasSubstr("the-secret")),
                                         Not(HasSubstr("Signature=")), Not(HasSubstr("\n"))));
}

TEST_F(CallerTest, ReadsTheErrorsOfEveryProtocol) {
  const auto code = [&](const HttpAnswer& answer) { return send({answer}).error->code; };
  EXPECT_EQ(code(answered(404, R"({"Message":"no"})",
                          {{"x-amzn-ErrorType", "ResourceNotFoundException:http://x/"}})),
            "ResourceNotFoundException");
  EXPECT_EQ(
      code(answered(400,
                    "<ErrorResponse xmlns=\"http://sns/\"><Error><Type>Sender</Type><Code>InvalidParameter"
                    "</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>")),
      "InvalidParameter");
  EXPECT_EQ(code(answered(404, "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>")), "NoSuchKey");
  EXPECT_EQ(code(answered(404)), "NotFound");
  EXPECT_EQ(code(answered(418, "[not what we expect")), "HTTP418");
}

}  // namespace
}  // namespace sosw::aws
