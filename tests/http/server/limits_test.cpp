#include <fmt/format.h>
#include <gmock/gmock.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

constexpr Seconds kSoon = 0.02;

/// What the server says to these bytes before it closes.
RawClient::Reception reply_to(const Serving& serving, std::string_view bytes) {
  RawClient client = serving.client();
  client.send(bytes);
  const auto reception = client.receive();
  client.close_sending();
  EXPECT_TRUE(client.sees_end()) << bytes;
  return reception;
}

TEST(MalformedRequestTest, IsAnsweredWith400AndTheConnectionEnds) {
  const Serving serving(echo);
  for (const std::string request : {
           "\x16\x03\x01\x02\r\n\r\n",  // TLS
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "GET\r\n\r\n",
           "GET /\r\n\r\n",
           "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x01b\r\n\r\n",
           "GET / HTTP/3.7\r\nHost: localhost\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       }) {
    const auto reception = reply_to(serving, request);
    EXPECT_EQ(reception.status, 400) << request;
    EXPECT_THAT(reception.body, HasSubstr(R"({"status":400,"message":")")) << request;
    EXPECT_EQ(reception.headers.at("connection"), "close");
  }
}

TEST(MalformedRequestTest, OfAnUnknownTransferEncodingIsNotImplemented) {
  const Serving serving(echo);
  EXPECT_EQ(reply_to(serving, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n").status,
            501);
}

TEST(MalformedRequestTest, BlankLinesBeforeARequestDoNotMatter) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("\r\n\r\n");
  client.get("/");
  EXPECT_EQ(client.receive().status, 200);
}

TEST(MalformedRequestTest, AClientThatStopsInTheMiddleIsForgotten) {
  Serving serving(echo);
  for (const char* part : {"", "GET", "GET / HTTP/1.1\r\nHost: l",
                           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12"}) {
    RawClient client = serving.client();
    client.send(part);
    client.close_sending();
    EXPECT_TRUE(client.sees_end()) << part;
  }
}

TEST(LimitsTest, HeadersMayComeByteByByteButNotForever) {
  const Serving serving(echo);
  RawClient client = serving.client();
  for (const char byte : std::string_view("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    client.send({&byte, 1});
  EXPECT_EQ(client.receive().body, "GET /slow 0");
  const Serving hasty(echo, {.header_timeout = kSoon});
  RawClient slow = hasty.client();
  slow.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(slow.receive().status, 408);
  EXPECT_TRUE(slow.sees_end());
}

TEST(LimitsTest, ABodyMustComeInTime) {
  const Serving serving(echo, {.body_timeout = kSoon});
  RawClient client = serving.client();
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12");
  EXPECT_EQ(client.receive().status, 408);
  client.close_sending();
  EXPECT_TRUE(client.sees_end());
}

TEST(LimitsTest, AnIdleClientIsClosed) {
  const Serving serving(echo, {.idle_timeout = kSoon});
  RawClient silent = serving.client();
  EXPECT_TRUE(silent.sees_end());
  RawClient once = serving.client();
  once.get("/");
  EXPECT_EQ(once.receive().status, 200);
  EXPECT_TRUE(once.sees_end());
}

TEST(LimitsTest, AClientMayWaitForItsAnswerLongerThanAnyTimeout) {
  Awaited<Reply> waiting;
  Serving serving(
      [&](const Request&, const Reply& reply) { waiting.set(reply); },
      {.idle_timeout = kSoon, .header_timeout = kSoon, .body_timeout = kSoon, .write_timeout = kSoon});
  RawClient client = serving.client();
  client.get("/");
  const Reply reply = waiting.get();
  Awaited<bool> much_later;
  serving.server.every(10 * kSoon, [&] { much_later.set(true); });
  much_later.get();
  reply.send({.body = "patience"});
  EXPECT_EQ(client.receive().body, "patience");
}

TEST(LimitsTest, AClientThatDoesNotReadItsAnswerIsDisconnected) {
  Awaited<bool> gone;
  const Serving serving(
      [&](const Request&, const Reply& reply) {
        reply.on_gone([&] { gone.set(true); });
        reply.send({.body = std::string(64 << 20, 'x')});
      },
      {.write_timeout = kSoon});
  RawClient client = serving.client();
  client.get("/");
  EXPECT_TRUE(gone.get());
}

TEST(LimitsTest, TooLongHeadersAreRefused) {
  const Serving serving(echo, {.header_bytes = 500});
  const auto with = [&](std::size_t size) {
    RawClient client = serving.client();
    client.get("/", "X: " + std::string(size, 'x') + "\r\n");
    return client.receive().status;
  };
  EXPECT_EQ(with(400), 200);
  EXPECT_EQ(with(500), 431);
  EXPECT_EQ(with(1'000'000), 431);
}

TEST(LimitsTest, HeadersThatNeverEndAreRefused) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100'000 && client.send(fmt::format("X-{}: y\r\n", i)); ++i) {
  }
  EXPECT_EQ(client.receive().status, 431);
}

TEST(LimitsTest, EachRouteHasItsOwnLimitForBodies) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.post("/short", std::string(1000, 'x'));
  EXPECT_EQ(client.receive().status, 200);
  const std::string long_body(20 << 20, 'x');
  client.post("/long", long_body);
  EXPECT_EQ(client.receive().body, "POST /long 20971520");
  client.post("/short", long_body);  // a client that first sends everything still sees why
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 413);
  EXPECT_THAT(refused.body, HasSubstr("a body of 20971520 bytes is too long, the limit is 1000"));
  EXPECT_EQ(refused.headers.at("x-refused"), "POST");
}

TEST(LimitsTest, AChunkedBodyIsRefusedWhenItPassesTheLimit) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("POST /short HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 11; ++i) client.send("64\r\n" + std::string(100, 'x') + "\r\n");
  EXPECT_EQ(client.receive().status, 413);
}

TEST(LimitsTest, WhatStandsBetweenChunksAndBehindThemIsLimited) {
  const Serving serving(echo);
  for (const char* begin : {"1;", "0\r\nX: "}) {
    RawClient client = serving.client();
    client.send("POST /long HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send(begin);
    for (int i = 0; i < 10'000 && client.send(std::string(1000, 'a')); ++i) {
    }
    EXPECT_EQ(client.receive().status, 400) << begin;
  }
}

TEST(LimitsTest, TheTotalMemoryOfBodiesIsLimited) {
  Awaited<Reply> held;
  const Serving serving([&](const Request& request,
                            const Reply& reply) { request.path.empty() ? reply.send({}) : held.set(reply); },
                        {.body_bytes = 1000});
  RawClient waiting = serving.client();
  waiting.post("/held", std::string(900, 'x'));
  const Reply reply = held.get();
  RawClient late = serving.client();
  late.post("/", std::string(101, 'x'));
  EXPECT_EQ(late.receive().status, 503);
  RawClient small = serving.client();
  small.post("/", std::string(100, 'x'));
  EXPECT_EQ(small.receive().status, 200);
  reply.send({});
  EXPECT_EQ(waiting.receive().status, 200);
  RawClient next = serving.client();
  next.post("/", std::string(1000, 'x'));
  EXPECT_EQ(next.receive().status, 200);
}

TEST(LimitsTest, BodiesThatWereOnlyAnnouncedTakeNoMemoryFromOthers) {
  const Serving serving(echo, {.body_bytes = 1500});
  std::vector<RawClient> notifying;
  for (int i = 0; i < 16; ++i) {
    notifying.push_back(serving.client());
    notifying.back().send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
    notifying.back().read_until("100 Continue\r\n\r\n");
  }
  RawClient client = serving.client();
  client.post("/", std::string(1000, 'x'));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(LimitsTest, FurtherConnectionsAreAnswered503) {
  const Serving serving(echo, {.connections = 3});
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(serving.client());
    clients.back().get("/");
    EXPECT_EQ(clients.back().receive().status, 200);
  }
  RawClient further = serving.client();
  EXPECT_EQ(further.receive().status, 503);
  EXPECT_TRUE(further.sees_end());
  RawClient with_body = serving.client();
  EXPECT_TRUE(with_body.post("/long", std::string(10 << 20, 'x')));
  EXPECT_EQ(with_body.receive().status, 503);
  clients.clear();
  int status = 503;  // until the server has noticed that they left
  while (status == 503) {
    RawClient again = serving.client();
    again.get("/");
    status = again.receive().status;
  }
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace sosw::web
