#include "web/gate.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "web/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

int status_of(const Gate& gate, const std::string& method, Pairs headers) {
  return gate.check({.method = method, .headers = std::move(headers)}).status;
}

TEST(GateTest, LetsInThoseWhoAskByAddressOrKnownName) {
  const Gate gate({.hosts = {"Sosw.Internal"}});
  for (const char* host : {"localhost", "LOCALHOST:8787", "localhost.", "127.0.0.1:8787", "[::1]:80",
                           "10.1.2.3", "sosw.internal:80"})
    EXPECT_EQ(status_of(gate, "GET", {{"host", host}}), 0) << host;
}

TEST(GateTest, RefusesNamesThatAPageMayHavePointedHere) {
  const Gate gate({});
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "sosw.internal", "[", "[]", ":80", "1.2.3"})
    EXPECT_EQ(status_of(gate, "GET", {{"host", host}}), 403) << host;
}

TEST(GateTest, WantsExactlyOneHost) {
  const Gate gate({});
  EXPECT_EQ(status_of(gate, "GET", {}), 400);
  EXPECT_EQ(status_of(gate, "GET", {{"host", "localhost"}, {"host", "localhost"}}), 400);
}

TEST(GateTest, RefusesChangesFromOtherSitesPages) {
  const Gate gate({});
  const auto from = [&](const char* method, const char* origin) {
    return status_of(gate, method, {{"host", "localhost:8787"}, {"origin", origin}});
  };
  EXPECT_EQ(from("POST", "http://evil.example"), 403);
  EXPECT_EQ(from("DELETE", "http://localhost:8788"), 403);
  EXPECT_EQ(from("POST", "null"), 403);
  EXPECT_EQ(from("POST", "http://LOCALHOST:8787"), 0);
  EXPECT_EQ(from("GET", "http://evil.example"), 0);  // the browser keeps the answer from the page
}

TEST(GateTest, WithATokenOnlyItsOwnersMayAsk) {
  const Gate gate({.token = "s3cret"});
  const auto with = [&](const char* authorization) {
    return status_of(gate, "GET", {{"host", "localhost"}, {"authorization", authorization}});
  };
  EXPECT_EQ(with("Bearer s3cret"), 0);
  EXPECT_EQ(with("bearer s3cret"), 0);
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret ", "Basic s3cret", "s3cret"})
    EXPECT_EQ(with(wrong), 401) << wrong;
}

std::string problem_of(const Access& access) {
  Server server;
  try {
    server.listen(access, std::make_shared<TestHandler>(echo));
  } catch (const InvalidConfig& error) {
    return error.what();
  }
  return "";
}

TEST(ListenTest, OtherAddressesThanLoopbackNeedAToken) {
  EXPECT_THAT(problem_of({.address = "0.0.0.0"}), HasSubstr("give a token"));
  EXPECT_THAT(problem_of({.address = "::"}), HasSubstr("give a token"));
  EXPECT_EQ(problem_of({.address = "0.0.0.0", .token = "x"}), "");
  EXPECT_EQ(problem_of({.address = "localhost"}), "");
  EXPECT_EQ(problem_of({.address = "127.1.2.3"}), "");
}

TEST(ListenTest, SaysWhatIsWrongWithAnAddress) {
  EXPECT_THAT(problem_of({.address = "example.com"}), HasSubstr("'example.com' is no IP address"));
  EXPECT_THAT(problem_of({.address = "192.0.2.1", .token = "x"}), HasSubstr("listen: 192.0.2.1:0: "));
  const Serving taken(echo);
  EXPECT_THAT(problem_of({.port = taken.port}), HasSubstr("in use"));
}

TEST(ListenTest, RefusalsReachTheClientInTheShapeOfTheHandler) {
  const Serving serving(echo, {}, {.token = "s3cret"});
  RawClient client = serving.client();
  client.get("/");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.at("www-authenticate"), "Bearer");
  EXPECT_EQ(refused.headers.at("x-refused"), "GET");
  EXPECT_THAT(refused.body, HasSubstr(R"("message":")"));
  RawClient known = serving.client();
  known.get("/", "Authorization: Bearer s3cret\r\n");
  EXPECT_EQ(known.receive().status, 200);
}

}  // namespace
}  // namespace sosw::web
