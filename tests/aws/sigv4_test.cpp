#include "aws/core/sigv4.h"

#include <array>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/python_script.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

const Credentials kExample{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
constexpr Time kInstant{1440938160};  // 2015-08-30T12:36:00Z

std::string authorization(const HttpRequest& request) {
  const std::string* value = find_header(request.headers, "authorization");
  return value ? *value : "";
}

std::string signature(const HttpRequest& request) {
  const std::string text = authorization(request);
  return text.substr(text.find("Signature=") + 10);
}

TEST(Sigv4, SignsABareGet) {
  const auto request = sign({.method = "GET", .url = "https://example.amazonaws.com/"}, kExample,
                            {"us-east-1", "service"}, kInstant);
  EXPECT_EQ(authorization(request),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  EXPECT_EQ(*find_header(request.headers, "X-Amz-Date"), "20150830T123600Z");
}

TEST(Sigv4, SignsTheSessionToken) {
  Credentials credentials = kExample;
  credentials.session_token = "TOKENEXAMPLE";
  const auto request = sign({.url = "https://dynamodb.us-east-1.amazonaws.com/",
                             .headers = {{"Content-Type", "application/x-amz-json-1.0"},
                                         {"X-Amz-Target", "DynamoDB_20120810.ListTables"}},
                             .body = "{}"},
                            credentials, {"us-east-1", "dynamodb"}, kInstant);
  EXPECT_EQ(signature(request), "74797b08b39413999387544cb433c75e518dc05757cd5204bf9ab07a268bf777");
  EXPECT_EQ(*find_header(request.headers, "x-amz-security-token"), "TOKENEXAMPLE");
}

TEST(Sigv4, TakesAnS3PathAsItIs) {
  const auto request =
      sign({.method = "GET",
            .url = "https://s3.us-east-1.amazonaws.com/bkt/a%20b/%C3%BC%2Bc..%2F.txt?versionId=a%3Db&acl"},
           kExample, {"us-east-1", "s3"}, kInstant);
  EXPECT_EQ(signature(request), "d7830b74daadf7011279e8aea81cac11aa9c3e9e12b0e79dce5a26a89643b823");
}

TEST(Sigv4, EncodesOtherPathsASecondTime) {
  const auto request = sign(
      {.url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/"
              "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/invocations?Qualifier=%24LATEST",
       .headers = {{"X-Amz-Invocation-Type", "Event"}},
       .body = "{}"},
      kExample, {"us-east-1", "lambda"}, kInstant);
  EXPECT_EQ(signature(request), "672f590038df79ea3ff177131650e27903207a599bbaa967023f6b87eca56cba");
}

TEST(Sigv4, SigningAgainReplacesTheFirstSignature) {
  const HttpRequest plain{.method = "GET", .url = "https://example.amazonaws.com/"};
  const auto first = sign(plain, {"OLD", "old", "old token"}, {"us-east-1", "service"}, kInstant - 900);
  const auto again = sign(first, kExample, {"us-east-1", "service"}, kInstant);
  EXPECT_EQ(signature(again), signature(sign(plain, kExample, {"us-east-1", "service"}, kInstant)));
  EXPECT_EQ(find_header(again.headers, "x-amz-security-token"), nullptr);
  EXPECT_EQ(again.headers.size(), 2U);
}

TEST(Sigv4, KeepsAPayloadHashThatTheCallerChose) {
  const auto request = sign({.method = "PUT",
                             .url = "https://b.s3.eu-west-1.amazonaws.com/k",
                             .headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}},
                             .body = "never hashed"},
                            kExample, {"eu-west-1", "s3"}, kInstant);
  const auto other = sign({.method = "PUT",
                           .url = "https://b.s3.eu-west-1.amazonaws.com/k",
                           .headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}},
                           .body = "nor this"},
                          kExample, {"eu-west-1", "s3"}, kInstant);
  EXPECT_EQ(signature(request), signature(other));
}

TEST(Sigv4, SignsAQueryByWhatItMeans) {
  const auto signature_of = [](const std::string& query) {
    return signature(sign({.method = "GET", .url = "https://example.amazonaws.com/?" + query}, kExample,
                          {"us-east-1", "service"}, kInstant));
  };
  EXPECT_EQ(signature_of("b=x:y/z&a"), signature_of("a=&b=x%3Ay%2Fz"));
  EXPECT_NE(signature_of("a=1&b=2"), signature_of("a=2&b=1"));
}

/// Requests of every shape that clients send, from a fixed seed.
class Requests {
 public:
  json next() {
    const std::string service = pick({"dynamodb", "lambda", "s3", "sns", "monitoring", "execute-api"});
    json headers = json::array();
    for (std::size_t i = below(4); i > 0; --i)
      headers.push_back({pick({"X-Amz-Target", "Content-Type", "x-amz-meta-A", "X-Custom", "User-Agent",
                               "Expect", "X-Amzn-Trace-Id", "accept"}),
                         header_value()});
    return {{"service", service},
            {"region", pick({"us-east-1", "eu-central-1", "cn-north-1"})},
            {"method", pick({"GET", "POST", "PUT", "HEAD", "DELETE"})},
            {"url",
             pick({"https", "http"}) + "://" +
                 pick({"Example.amazonaws.com", "localhost:4566", "h.test:443", "h.test:80", "[::1]:8000"}) +
                 path() + query()},
            {"headers", headers},
            {"body", below(3) == 0 ? "" : text(below(200))},
            {"key", "AKID" + std::to_string(below(1000))},
            {"secret", text(40)},
            {"token", below(2) == 0 ? "" : "token" + std::to_string(below(1000)) + "/+=="},
            {"time", 1400000000 + below(400000000)}};
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }

  std::string pick(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }

  std::string text(std::size_t length) {
    std::string result;
    while (result.size() < length)
      result += pick({"a", "Z", "7", "/", "+", "=", " ", "&", "\"", "{", "ü", "語", "~", "\t", "%", "😀"});
    return result;
  }

  std::string header_value() {
    return pick({"", " ", "  "}) + pick({"a", "b  c", "\"q   q\"", "x,y", "1\t2"}) + pick({"", "  "});
  }

  std::string encoded(std::size_t length) {
    std::string result;
    for (std::size_t i = 0; i < length; ++i)
      result += pick({"a", "B", "9", "-", "_", ".", "~", "%20", "%2F", "%3A", "%24", "%C3%BC", "%2B", "%25"});
    return result;
  }

  std::string path() {
    std::string result = "/";  // botocore signs no S3 request without a path as it would be sent
    for (std::size_t i = below(6); i > 0; --i)
      result.append(pick({encoded(below(8)), ".", "..", "", "a"})).append("/");
    return below(2) == 0 ? result : result.append("end");
  }

  std::string query() {
    std::string result;
    for (std::size_t i = below(5); i > 0; --i)
      result +=
          (result.empty() ? "?" : "&") + pick({"a", "b", "A", encoded(3) + "k"}) + "=" + encoded(below(6));
    return result;
  }

  std::mt19937_64 random_{20260830};
};

HttpRequest signed_by_us(const json& test) {
  HttpRequest request{.method = test["method"], .url = test["url"], .body = test["body"]};
  for (const json& header : test["headers"]) request.headers.push_back({header[0], header[1]});
  return sign(std::move(request), {test["key"], test["secret"], test["token"]},
              {test["region"], test["service"]}, Time(test["time"].get<double>() + 0.75));
}

TEST(Sigv4, AgreesWithBotocoreOnAThousandRequests) {
  Requests requests;
  json cases = json::array();
  for (int i = 0; i < 1000; ++i) cases.push_back(requests.next());
  const json expected = run_script("botocore_sign.py", cases);
  ASSERT_EQ(expected.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const HttpRequest ours = signed_by_us(cases[i]);
    ASSERT_EQ(authorization(ours), expected[i]["authorization"].get<std::string>()) << cases[i];
    for (const char* name : {"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}) {
      const std::string* value = find_header(ours.headers, name);
      ASSERT_EQ(value ? *value : "none", expected[i].value(name, "none")) << name << " of " << cases[i];
    }
  }
}

}  // namespace
}  // namespace sosw::aws
