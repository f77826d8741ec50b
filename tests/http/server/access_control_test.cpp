#include "http/server/access_control.h"

#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "http/server/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

int status_of(const AccessControl& access_control, const std::string& method, Pairs headers) {
  return access_control.check({.method = method, .headers = std::move(headers)}).status;
}

TEST(AccessControlTest, AllowsHostsThatAreAddressesOrKnownNames) {
  const AccessControl access_control({.hosts = {"Sosw.Internal"}});
  for (const char* host : {"localhost", "LOCALHOST:8787", "localhost.", "127.0.0.1:8787", "[::1]:80",
                           "10.1.2.3", "sosw.internal:80"})
    EXPECT_EQ(status_of(access_control, "GET", {{"host", host}}), 0) << host;
}

TEST(AccessControlTest, RefusesUnknownHostNames) {
  const AccessControl access_control({});
  for (const char* host :
       {"evil.example", "localhost.evil.example", "localhost:evil.example", "127.0.0.1:80, evil.example",
        "[::1]evil.example", "[::1", "127.0.0.1.evil.example", "sosw.internal", "[", "[]", ":80", "1.2.3"})
    EXPECT_EQ(status_of(access_control, "GET", {{"host", host}}), 403) << host;
}

TEST(AccessControlTest, WantsExactlyOneHost) {
  const AccessControl access_control({});
  EXPECT_EQ(status_of(access_control, "GET", {}), 400);
  EXPECT_EQ(status_of(access_control, "GET", {{"host", "localhost"}, {"host", "localhost"}}), 400);
  EXPECT_EQ(status_of(access_control, "GET",
                      {{"host", "localhost"}, {"authorization", "a"}, {"authorization", "b"}}),
            400);
}

TEST(AccessControlTest, RefusesChangesFromOtherSitesPages) {
  const AccessControl access_control({});
  const auto from = [&](const char* method, const char* origin) {
    return status_of(access_control, method, {{"host", "localhost:8787"}, {"origin", origin}});
  };
  EXPECT_EQ(from("POST", "http://evil.example"), 403);
  EXPECT_EQ(from("DELETE", "http://localhost:8788"), 403);
  EXPECT_EQ(from("POST", "null"), 403);
  EXPECT_EQ(from("POST", "http://LOCALHOST:8787"), 0);
  EXPECT_EQ(from("GET", "http://evil.example"), 0);  // the browser keeps the answer from the page
}

TEST(AccessControlTest, RefusesChangesFromOtherSitesPagesThatKeepTheirOriginToThemselves) {
  const AccessControl access_control({});
  const auto from = [&](const char* method, const char* site) {
    return status_of(access_control, method, {{"host", "localhost:8787"}, {"sec-fetch-site", site}});
  };
  EXPECT_EQ(from("POST", "cross-site"), 403);
  EXPECT_EQ(from("POST", "same-site"), 403) << "another port of this machine";
  EXPECT_EQ(from("POST", "same-origin"), 0);
  EXPECT_EQ(from("POST", "none"), 0);
  EXPECT_EQ(from("GET", "cross-site"), 0) << "a link to here";
}

TEST(AccessControlTest, WherePagesMayNotAskNothingOfABrowserPasses) {
  const AccessControl access_control({.pages = false});
  const auto with = [&](const char* header, const char* value) {
    return status_of(access_control, "GET", {{"host", "localhost:8787"}, {header, value}});
  };
  EXPECT_EQ(with("origin", "http://evil.example"), 403);
  EXPECT_EQ(with("origin", "http://localhost:8787"), 403);
  for (const char* header : {"sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"})
    EXPECT_EQ(with(header, "none"), 403) << header;
  EXPECT_EQ(with("user-agent", "python"), 0);
}

TEST(AccessControlTest, WithATokenRequestsNeedIt) {
  const AccessControl access_control({.token = "s3cret"});
  const auto with = [&](const char* authorization) {
    return status_of(access_control, "GET", {{"host", "localhost"}, {"authorization", authorization}});
  };
  EXPECT_EQ(with("Bearer s3cret"), 0);
  EXPECT_EQ(with("bearer s3cret"), 0);
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret ", "Basic s3cret", "s3cret"})
    EXPECT_EQ(with(wrong), 401) << wrong;
}

/// Offered by "Authorization: Proof ..."; good when it ends in the body.
class BodyAuthenticator final : public Authenticator {
 public:
  bool has_credentials(const Request& head) const override {
    return head.header("authorization").starts_with("Proof ");
  }
  std::optional<Answer> rejection(const Request& request) const override {
    if (request.header("authorization").substr(6) == request.body) return std::nullopt;
    return Answer{.status = 418, .body = "no proof"};
  }
};

/// Offered in the same way; good when the body ends in "please".
class LastWord final : public Authenticator {
 public:
  bool has_credentials(const Request& head) const override {
    return head.header("authorization").starts_with("Proof ");
  }
  std::optional<Answer> rejection(const Request& request) const override {
    if (request.body.ends_with("please")) return std::nullopt;
    return Answer{.status = 418, .body = "not polite"};
  }
};

const Access kWithCredentials{.token = "s3cret", .proofs = {std::make_shared<BodyAuthenticator>()}};

TEST(AuthenticatorTest, ReplacesTheToken) {
  const Serving serving(echo, {}, kWithCredentials);
  RawClient client = serving.client();
  client.post("/a", "hello", "Authorization: Proof hello\r\n");
  EXPECT_EQ(client.receive().body, "POST /a 5");
  client.post("/b", "hello", "Authorization: Proof hullo\r\n");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 418);
  EXPECT_EQ(refused.body, "no proof");
  client.post("/c", "hello", "Authorization: Bearer s3cret\r\n");
  EXPECT_EQ(client.receive().body, "POST /c 5") << "the connection goes on, and each request is judged anew";
}

TEST(AuthenticatorTest, OneGoodProofOfSeveralIsEnough) {
  const AccessControl access_control(
      {.token = "s3cret", .proofs = {std::make_shared<BodyAuthenticator>(), std::make_shared<LastWord>()}});
  const auto objects = [&](const std::string& body) {
    const Request request{.method = "POST",
                          .headers = {{"host", "localhost"}, {"authorization", "Proof please"}},
                          .body = body};
    EXPECT_TRUE(access_control.check(request).needs_authentication);
    return access_control.rejection(request).has_value();
  };
  EXPECT_FALSE(objects("please"));
  EXPECT_FALSE(objects("open it, please"));
  EXPECT_TRUE(objects("open it"));
}

TEST(AuthenticatorTest, WithoutCredentialsTheBodyIsNotRead) {
  const Serving serving(echo, {}, kWithCredentials);
  for (const char* credentials : {"", "Authorization: Bearer wrong\r\n", "X-Proof: Proof hello\r\n"}) {
    RawClient client = serving.client();
    client.send(
        fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 1000\r\n\r\n", credentials));
    EXPECT_EQ(client.receive().status, 401) << credentials;
  }
}

TEST(AuthenticatorTest, DoesNotBypassTheOtherChecks) {
  const Serving serving(echo, {}, kWithCredentials);
  RawClient client = serving.client();
  client.post("/", "hello", "Authorization: Proof hello\r\nOrigin: http://evil.example\r\n");
  EXPECT_EQ(client.receive().status, 403);
  RawClient other = serving.client();
  other.send("GET / HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Proof \r\n\r\n");
  EXPECT_EQ(other.receive().status, 403);
}

/// A client that has sent the beginning of a signed body that never ends.
RawClient begun(const Serving& serving, std::size_t bytes) {
  RawClient client = serving.client();
  client.send(
      fmt::format("POST /long HTTP/1.1\r\nHost: localhost\r\nAuthorization: Proof x\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n",
                  bytes, std::string(bytes, 'x')));
  return client;
}

/// Posts a signed body until the answer has this status: the server may not yet have seen what others sent.
void post_until(const Serving& serving, int status, std::size_t bytes) {
  const std::string body(bytes, 'x');
  int seen = 0;
  while (seen != status) {
    RawClient client = serving.client();
    client.post("/long", body, "Authorization: Proof " + body.substr(0, 5) + "\r\n");
    seen = client.receive().status;
  }
}

TEST(AuthenticatorTest, WhatIsOnlyAnnouncedTakesNoMemoryFromOthers) {
  const Serving serving(echo, {.unauthenticated_bytes = 1500, .body_bytes = 1500}, kWithCredentials);
  std::vector<RawClient> notifying;
  for (int i = 0; i < 20; ++i) {
    notifying.push_back(serving.client());
    notifying.back().send(
        fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Proof x\r\n"
                    "Expect: 100-continue\r\n{}\r\n\r\n",
                    i % 2 ? "Content-Length: 1000" : "Transfer-Encoding: chunked"));
    notifying.back().read_until("100 Continue\r\n\r\n");
  }
  RawClient client = serving.client();
  client.post("/", std::string(1000, 'x'), "Authorization: Proof " + std::string(1000, 'x') + "\r\n");
  EXPECT_EQ(client.receive().status, 200);
}

// The bodies of these tests are small enough to come with their heads, but for those that never end.

TEST(AuthenticatorTest, TheTotalMemoryOfUnauthenticatedBodiesIsLimited) {
  const Serving serving(echo, {.unauthenticated_bytes = 2000}, kWithCredentials);
  {
    const RawClient slow = begun(serving, 900);
    post_until(serving, 503, 1101);
    post_until(serving, 418, 1100);
    RawClient owner = serving.client();
    owner.post("/long", std::string(1900, 'x'), "Authorization: Bearer s3cret\r\n");
    EXPECT_EQ(owner.receive().status, 200) << "the token needs no body";
  }
  post_until(serving, 418, 2000);  // what is gone counts no more
}

TEST(AuthenticatorTest, OnePeerLeavesHalfOfThatMemoryToTheOthers) {
  const Serving serving(echo, {.unauthenticated_bytes = 2000}, kWithCredentials);
  const RawClient first = begun(serving, 900);
  post_until(serving, 503, 1101);
  RawClient second = begun(serving, 200);
  EXPECT_EQ(second.receive().status, 503);
  post_until(serving, 418, 1100);
}

TEST(AuthenticatorTest, AnsweringFreesThatMemory) {
  Awaited<Reply> held;
  const Serving serving([&](const Request& request,
                            const Reply& reply) { request.path.empty() ? reply.send({}) : held.set(reply); },
                        {.unauthenticated_bytes = 10}, kWithCredentials);
  RawClient waiting = serving.client();
  waiting.post("/held", "0123456789", "Authorization: Proof 0123456789\r\n");
  const Reply reply = held.get();
  RawClient next = serving.client();
  next.post("/", "0123456789", "Authorization: Proof 0123456789\r\n");
  EXPECT_EQ(next.receive().status, 200);
  reply.send({});
  EXPECT_EQ(waiting.receive().status, 200);
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
  EXPECT_THAT(problem_of({.address = "0.0.0.0"}), HasSubstr("SOSW_TOKEN"));
  EXPECT_THAT(problem_of({.address = "::"}), HasSubstr("SOSW_TOKEN"));
  EXPECT_EQ(problem_of({.address = "0.0.0.0", .token = "x"}), "");
  EXPECT_EQ(problem_of({.address = "localhost"}), "");
  EXPECT_EQ(problem_of({.address = "127.1.2.3"}), "");
}

TEST(ListenTest, SaysWhatIsWrongWithAnAddress) {
  EXPECT_THAT(problem_of({.address = "example.com"}), HasSubstr("'example.com' is no IP address"));
  EXPECT_THAT(problem_of({.address = "192.0.2.1", .token = "x"}), HasSubstr("listen: port 0 of 192.0.2.1: "));
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
