#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/core/sigv4.h"
#include "aws/fake/python_script.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Fault = SignatureFault::Kind;

const Credentials kOwner{"sosw", "the token of the server", ""};
constexpr Time kNow{1440938160};  // 2015-08-30T12:36:00Z

/// As a client of Lambda sends it, Host included.
HttpRequest plain() {
  return {.url = "http://127.0.0.1:8787/2015-03-31/functions/work/invocations?Qualifier=%24LATEST",
          .headers = {{"Host", "127.0.0.1:8787"},
                      {"Content-Type", "application/json"},
                      {"X-Amz-Invocation-Type", "Event"},
                      {"User-Agent", "a client"}},
          .body = R"({"say": "hello"})"};
}

HttpRequest signed_at(Time time, HttpRequest request = plain(), const Credentials& credentials = kOwner) {
  return sign(std::move(request), credentials, {"eu-west-3", "lambda"}, time);
}

std::string& value_of(HttpRequest& request, const std::string& name) {
  for (Header& header : request.headers)
    if (header.name == name) return header.value;
  request.headers.push_back({name, ""});
  return request.headers.back().value;
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what << " in " << text;
  text.replace(at, what.size(), with);
}

/// What is wrong with the request of now after a change; fails when nothing is.
template <class Change>
SignatureFault fault_after(Change change) {
  HttpRequest request = signed_at(kNow);
  change(request);
  const auto fault = verify(request, kOwner, kNow);
  EXPECT_TRUE(fault);
  return fault.value_or(SignatureFault{});
}

TEST(Sigv4Verify, TakesWhatWasSignedForAnyRegionAndService) {
  for (const SigningScope& scope :
       {SigningScope{"eu-west-3", "lambda"}, {"us-east-1", "execute-api"}, {"local", "s3"}})
    EXPECT_FALSE(verify(sign(plain(), kOwner, scope, kNow), kOwner, kNow)) << scope.service;
  EXPECT_FALSE(verify(signed_at(kNow, {.method = "GET", .url = "http://h/", .headers = {{"host", "h"}}}),
                      kOwner, kNow));
  Credentials temporary = kOwner;
  temporary.session_token = "of another account";
  EXPECT_FALSE(verify(signed_at(kNow, plain(), temporary), kOwner, kNow));
}

TEST(Sigv4Verify, UnsignedHeadersMayChange) {
  HttpRequest request = signed_at(kNow);
  value_of(request, "User-Agent") = "a proxy";
  value_of(request, "X-Amzn-Trace-Id") = "Root=1";
  replace(request.url, "127.0.0.1:8787", "elsewhere");  // only the Host that came counts
  EXPECT_FALSE(verify(request, kOwner, kNow));
}

TEST(Sigv4Verify, SignedPartsMayNotChange) {
  for (const auto& change : std::initializer_list<void (*)(HttpRequest&)>{
           [](HttpRequest& request) { request.method = "PUT"; },
           [](HttpRequest& request) { replace(request.url, "work", "play"); },
           [](HttpRequest& request) { request.url += "&more=1"; },
           [](HttpRequest& request) { request.body += ' '; },
           [](HttpRequest& request) { value_of(request, "Host") = "127.0.0.1:8788"; },
           [](HttpRequest& request) { value_of(request, "X-Amz-Invocation-Type") = "DryRun"; },
           [](HttpRequest& request) { value_of(request, "X-Amz-Date") = "20150830T123601Z"; },
           [](HttpRequest& request) {
             request.headers.push_back({"content-type", "text/plain"});
           },
           [](HttpRequest& request) {
             replace(value_of(request, "Authorization"), "eu-west-3", "eu-west-1");
           },
           [](HttpRequest& request) { replace(value_of(request, "Authorization"), "/lambda/", "/s3/"); },
           [](HttpRequest& request) { value_of(request, "Authorization").back() ^= 1; },
           [](HttpRequest& request) { value_of(request, "Authorization").pop_back(); }})
    EXPECT_EQ(fault_after(change).kind, Fault::mismatch);
}

TEST(Sigv4Verify, AnotherSecretDoesNotMatch) {
  const auto fault = verify(signed_at(kNow, plain(), {"sosw", "guessed", ""}), kOwner, kNow);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, Fault::mismatch);
  EXPECT_THAT(fault->message, HasSubstr("another secret access key"));
  EXPECT_THAT(fault->message, testing::Not(HasSubstr("token of the server")));
}

TEST(Sigv4Verify, AnUnknownKeyIdIsNamed) {
  const auto fault =
      verify(signed_at(kNow, plain(), {"AKIDEXAMPLE", kOwner.secret_access_key, ""}), kOwner, kNow);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, Fault::unknown_key);
  EXPECT_THAT(fault->message, HasSubstr("'AKIDEXAMPLE'"));
}

TEST(Sigv4Verify, IsValidFifteenMinutesBeforeAndAfterItsDate) {
  const HttpRequest request = signed_at(kNow);
  for (const Seconds off : {-900.0, 0.0, 900.0}) EXPECT_FALSE(verify(request, kOwner, kNow + off)) << off;
  for (const Seconds off : {-901.0, 901.0, 86400.0}) {
    const auto fault = verify(request, kOwner, kNow + off);
    ASSERT_TRUE(fault) << off;
    EXPECT_EQ(fault->kind, Fault::clock);
    EXPECT_THAT(fault->message, HasSubstr("signed at 20150830T123600Z, here it is 201508"));
  }
}

TEST(Sigv4Verify, TheDayOfTheScopeIsThatOfTheDate) {
  constexpr Time kMidnight{1440979200};  // 2015-08-31T00:00:00Z
  HttpRequest request = signed_at(kMidnight - 1);
  EXPECT_FALSE(verify(request, kOwner, kMidnight + 1));
  replace(value_of(request, "Authorization"), "20150830", "20150831");
  EXPECT_EQ(verify(request, kOwner, kMidnight + 1)->kind, Fault::malformed);
  for (const char* date : {"", "20150830", "20150830T123600", "20150830T123600Zz", "2015-08-30T12:36Z"})
    EXPECT_EQ(fault_after([&](HttpRequest& one) { value_of(one, "X-Amz-Date") = date; }).kind,
              Fault::malformed)
        << date;
}

TEST(Sigv4Verify, HostDateAndAllOfAmazonsHeadersMustBeSigned) {
  for (const char* name : {"host;", ";x-amz-date", ";x-amz-invocation-type"})
    EXPECT_THAT(fault_after([&](HttpRequest& request) {
                  replace(value_of(request, "Authorization"), name, "");
                }).message,
                HasSubstr("must be signed"))
        << name;
  const auto added = fault_after([](HttpRequest& request) { value_of(request, "x-amz-log-type") = "Tail"; });
  EXPECT_EQ(added.kind, Fault::malformed);
  EXPECT_THAT(added.message, HasSubstr("x-amz-log-type"));
  EXPECT_THAT(fault_after([](HttpRequest& request) {
                std::erase_if(request.headers,
                              [](const Header& header) { return header.name == "Content-Type"; });
              }).message,
              HasSubstr("content-type is signed, but not there"));
  EXPECT_THAT(fault_after([](HttpRequest& request) {
                replace(value_of(request, "Authorization"), "content-type;host", "host;content-type");
              }).message,
              HasSubstr("in order"));
}

TEST(Sigv4Verify, ADeclaredHashMustBeThatOfTheBody) {
  HttpRequest request = plain();
  request.headers.push_back(
      {"x-amz-content-sha256", "f2cc3bb6c1b45e1d7ba1be35e8a0ccca2fa4bbd5b4d9fb7a5c0f2b0d2d2e7a3c"});
  EXPECT_EQ(verify(signed_at(kNow, request), kOwner, kNow)->kind, Fault::body);
  for (const char* open : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""}) {
    request.headers.back().value = open;
    const auto fault = verify(signed_at(kNow, request), kOwner, kNow);
    ASSERT_TRUE(fault) << open;
    EXPECT_EQ(fault->kind, Fault::body);
  }
  EXPECT_FALSE(verify(sign(plain(), kOwner, {"eu-west-3", "s3"}, kNow), kOwner, kNow))
      << "with the right one";
}

TEST(Sigv4Verify, OneWholeHeaderOfThisAlgorithmIsNeeded) {
  const auto with = [](const std::string& authorization) {
    return fault_after([&](HttpRequest& request) { value_of(request, "Authorization") = authorization; })
        .kind;
  };
  for (const char* other :
       {"", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=sosw", "AWS4-HMAC-SHA256 ,=,=;/",
        "AWS4-HMAC-SHA256 Credential=sosw/20150830/a/b/aws4_request, SignedHeaders=host;x-amz-date",
        "AWS4-HMAC-SHA256 Credential=sosw/20150830/a/b/aws4, SignedHeaders=host;x-amz-date, Signature=0",
        "AWS4-ECDSA-P256-SHA256 Credential=sosw/20150830/a/b/aws4_request, SignedHeaders=host, Signature=0"})
    EXPECT_EQ(with(other), Fault::malformed) << other;
  EXPECT_EQ(fault_after([](HttpRequest& request) {
              request.headers.push_back({"authorization", "Bearer x"});
            }).kind,
            Fault::malformed);
  EXPECT_EQ(fault_after([](HttpRequest& request) { request.url += "#more"; }).kind, Fault::malformed);
}

TEST(Sigv4Verify, ASignatureInTheQueryIsIgnored) {
  HttpRequest request = signed_at(kNow);
  const std::string authorization = value_of(request, "Authorization");
  request.url += "&X-Amz-Signature=" + authorization.substr(authorization.find("Signature=") + 10);
  std::erase_if(request.headers, [](const Header& header) { return header.name == "Authorization"; });
  EXPECT_EQ(verify(request, kOwner, kNow)->kind, Fault::malformed);
}

TEST(Sigv4Verify, TakesWhatBotocoreSigns) {
  const json request = {
      {"service", "lambda"},
      {"region", "eu-west-3"},
      {"method", "POST"},
      {"url", "http://127.0.0.1:8787/2015-03-31/functions/a%3Ab/invocations?b=2&a=%24x%20y"},
      {"headers", json::array({{"Host", "127.0.0.1:8787"}, {"X-Amz-Client-Context", " two  blanks "}})},
      {"body", "{\"ü\": 1}"},
      {"key", "sosw"},
      {"secret", kOwner.secret_access_key},
      {"token", ""},
      {"time", whole_unix_seconds(kNow)}};
  const json headers = run_script("botocore_sign.py", json::array({request})).at(0);
  HttpRequest sent{.url = request["url"], .body = request["body"]};
  for (const auto& [name, value] : headers.items()) sent.headers.push_back({name, value});
  EXPECT_FALSE(verify(sent, kOwner, kNow)) << headers;
  sent.body += ' ';
  EXPECT_TRUE(verify(sent, kOwner, kNow));
}

}  // namespace
}  // namespace sosw::aws
