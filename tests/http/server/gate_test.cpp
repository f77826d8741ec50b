#include "http/server/gate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "http/server/serving.h"

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
  for (const char* host :
       {"evil.example", "localhost.evil.example", "localhost:evil.example", "127.0.0.1:80, evil.example",
        "[::1]evil.example", "[::1", "127.0.0.1.evil.example", "sosw.internal", "[", "[]", ":80", "1.2.3"})
    EXPECT_EQ(status_of(gate, "GET", {{"host", host}}), 403) << host;
}

TEST(GateTest, WantsExactlyOneHost) {
  const Gate gate({});
  EXPECT_EQ(status_of(gate, "GET", {}), 400);
  EXPECT_EQ(status_of(gate, "GET", {{"host", "localhost"}, {"host", "localhost"}}), 400);
  EXPECT_EQ(status_of(gate, "GET", {{"host", "localhost"}, {"authorization", "a"}, {"authorization", "b"}}),
            400);
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

TEST(GateTest, RefusesChangesThatBrowsersSayAreFromElsewhere) {
  const Gate gate({});
  const auto from = [&](const char* method, const char* site) {
    return status_of(gate, method, {{"host", "localhost:8787"}, {"sec-fetch-site", site}});
  };
  EXPECT_EQ(from("POST", "cross-site"), 403);
  EXPECT_EQ(from("POST", "same-site"), 403) << "another port";
  EXPECT_EQ(from("POST", "same-origin"), 0);
  EXPECT_EQ(from("POST", "none"), 0);
  EXPECT_EQ(from("GET", "cross-site"), 0);
}

TEST(GateTest, WhatIsPublicNeedsNoTokenButTheRest) {
  const Gate gate({.token = "s3cret"});
  EXPECT_EQ(gate.check({.method = "GET", .headers = {{"host", "localhost"}}}, /*is_public=*/true).status, 0);
  EXPECT_EQ(gate.check({.method = "GET", .headers = {{"host", "evil.example"}}}, true).status, 403);
  EXPECT_EQ(
      gate.check({.method = "POST", .headers = {{"host", "localhost"}, {"origin", "http://evil.example"}}},
                 true)
          .status,
      403);
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

/// Offered by "Authorization: Proof ..."; good when it ends in the body.
class BodyProof final : public Proof {
 public:
  bool is_offered(const Request& head) const override {
    return head.header("authorization").starts_with("Proof ");
  }
  std::optional<Answer> objection(const Request& request) const override {
    if (request.header("authorization").substr(6) == request.body) return std::nullopt;
    return Answer{.status = 418, .body = "no proof"};
  }
};

/// Offered in the same way; good when the body ends in "please".
class LastWord final : public Proof {
 public:
  bool is_offered(const Request& head) const override {
    return head.header("authorization").starts_with("Proof ");
  }
  std::optional<Answer> objection(const Request& request) const override {
    if (request.body.ends_with("please")) return std::nullopt;
    return Answer{.status = 418, .body = "not polite"};
  }
};

const Access kProvable{.token = "s3cret", .proofs = {std::make_shared<BodyProof>()}};

TEST(ProofTest, TakesTheTokensPlace) {
  const Serving serving(echo, {}, kProvable);
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

TEST(ProofTest, OneGoodProofOfSeveralIsEnough) {
  const Gate gate(
      {.token = "s3cret", .proofs = {std::make_shared<BodyProof>(), std::make_shared<LastWord>()}});
  const auto objects = [&](const std::string& body) {
    const Request request{.method = "POST",
                          .headers = {{"host", "localhost"}, {"authorization", "Proof please"}},
                          .body = body};
    EXPECT_TRUE(gate.check(request).needs_proof);
    return gate.objection(request).has_value();
  };
  EXPECT_FALSE(objects("please"));
  EXPECT_FALSE(objects("open it, please"));
  EXPECT_TRUE(objects("open it"));
}

TEST(ProofTest, WithoutOneTheBodyIsNotRead) {
  const Serving serving(echo, {}, kProvable);
  for (const char* credentials : {"", "Authorization: Bearer wrong\r\n", "X-Proof: Proof hello\r\n"}) {
    RawClient client = serving.client();
    client.send(
        fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 1000\r\n\r\n", credentials));
    EXPECT_EQ(client.receive().status, 401) << credentials;
  }
}

TEST(ProofTest, IsNoWayAroundTheRestOfTheGate) {
  const Serving serving(echo, {}, kProvable);
  RawClient client = serving.client();
  client.post("/", "hello", "Authorization: Proof hello\r\nOrigin: http://evil.example\r\n");
  EXPECT_EQ(client.receive().status, 403);
  RawClient other = serving.client();
  other.send("GET / HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Proof \r\n\r\n");
  EXPECT_EQ(other.receive().status, 403);
}

TEST(ProofTest, BodiesThatNobodyVouchesForYetTakeSoMuchMemoryTogether) {
  const Serving serving(echo, {.unproven_bytes = 1500}, kProvable);
  const auto announce = [](RawClient& client, int bytes) {
    client.send(
        fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Proof x\r\n"
                    "Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
                    bytes));
  };
  RawClient slow = serving.client();
  announce(slow, 1000);
  slow.read_until("100 Continue\r\n\r\n");
  RawClient late = serving.client();
  announce(late, 501);
  EXPECT_EQ(late.receive().status, 503);
  RawClient small = serving.client();
  small.post("/", "hello", "Authorization: Proof hello\r\n");
  EXPECT_EQ(small.receive().status, 200);
  RawClient owner = serving.client();
  owner.post("/", std::string(1000, 'x'), "Authorization: Bearer s3cret\r\n");
  EXPECT_EQ(owner.receive().status, 200) << "the token needs no body";
  slow.send(std::string(1000, 'x'));
  EXPECT_EQ(slow.receive().status, 418);
  RawClient next = serving.client();
  announce(next, 1000);
  EXPECT_THAT(next.read_until("\r\n\r\n"), HasSubstr("100 Continue")) << "what was judged counts no more";
}

TEST(ProofTest, AnsweringTakesNoneOfThatMemory) {
  Awaited<Reply> held;
  const Serving serving([&](const Request& request,
                            const Reply& reply) { request.path.empty() ? reply.send({}) : held.set(reply); },
                        {.unproven_bytes = 10}, kProvable);
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
