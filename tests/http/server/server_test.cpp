#include "http/server/server.h"

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

TEST(ServerTest, AnswersOneRequestAfterTheOtherOnOneConnection) {
  const Serving serving(echo);
  RawClient client = serving.client();
  for (int i = 0; i < 3; ++i) {
    client.post("/a/b?c", "12345");
    const auto reception = client.receive();
    EXPECT_EQ(reception.status, 200);
    EXPECT_EQ(reception.body, "POST /a/b?c 5");
    EXPECT_EQ(reception.headers.at("content-type"), "application/json");
  }
}

TEST(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  const Serving serving(echo);
  RawClient client = serving.client();
  std::string all;
  for (int i = 0; i < 200; ++i) all += fmt::format("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", i);
  client.send(all);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.receive().body, fmt::format("GET /{} 0", i));
}

TEST(ServerTest, AnswersPipelinedRequestsInTheirOrderAlsoWhenTheFirstTakesLonger) {
  Awaited<Reply> slow;
  const Serving serving([&](const Request& request, const Reply& reply) {
    request.target == "/slow" ? slow.set(reply) : echo(request, reply);
  });
  RawClient client = serving.client();
  client.get("/slow");
  const Reply reply = slow.get();
  client.get("/fast");
  reply.send({.body = "at last"});
  EXPECT_EQ(client.receive().body, "at last");
  EXPECT_EQ(client.receive().body, "GET /fast 0");
}

TEST(ServerTest, DoesNotHoldAnAnswerBackWhileThePipelinedNextOneWaits) {
  Awaited<Reply> waiting;
  const Serving serving([&](const Request& request, const Reply& reply) {
    request.target == "/wait" ? waiting.set(reply) : echo(request, reply);
  });
  RawClient client = serving.client();
  client.send(
      "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive().body, "GET /now 0");
  waiting.get().send({.body = "then"});
  EXPECT_EQ(client.receive().body, "then");
}

/// The sockets of this process that are bound to a port of 127.0.0.1: its listener and those that it
/// accepted.
std::vector<int> sockets_at(std::uint16_t port) {
  std::vector<int> sockets;
  for (int descriptor = 3; descriptor < 1024; ++descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
        address.sin_family == AF_INET && ntohs(address.sin_port) == port)
      sockets.push_back(descriptor);
  }
  return sockets;
}

TEST(ServerTest, ItsSocketsAreNotForProgramsThatThisProcessStarts) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.get("/");
  EXPECT_EQ(client.receive().status, 200);
  const std::vector<int> sockets = sockets_at(serving.port);
  EXPECT_THAT(sockets, testing::SizeIs(2));
  for (const int socket : sockets) EXPECT_TRUE(fcntl(socket, F_GETFD) & FD_CLOEXEC);
}

TEST(ServerTest, AnswersLaterFromAnyThread) {
  std::vector<std::thread> threads;
  Serving serving([&](const Request& request, const Reply& reply) {
    threads.emplace_back([=] { reply.send({.status = 202, .body = request.target}); });
  });
  RawClient client = serving.client();
  for (int i = 0; i < 20; ++i) {
    client.get(fmt::format("/{}", i));
    EXPECT_EQ(client.receive().body, fmt::format("/{}", i));
  }
  serving.server.stop(60);
  for (std::thread& thread : threads) thread.join();
}

TEST(ServerTest, OnlyTheFirstAnswerCounts) {
  const Serving serving([](const Request& request, const Reply& reply) {
    reply.send({.body = request.target});
    reply.send({.body = "second"});
    reply.stream({.body = "third"});
  });
  RawClient client = serving.client();
  client.get("/1");
  EXPECT_EQ(client.receive().body, "/1");
  client.get("/2");
  EXPECT_EQ(client.receive().body, "/2");
}

TEST(ServerTest, ALateAnswerDoesNotAnswerTheNextRequest) {
  Awaited<Reply> kept;
  const Serving serving([&](const Request& request, const Reply& reply) {
    if (request.target == "/1") kept.set(reply);
    echo(request, reply);
  });
  RawClient client = serving.client();
  client.get("/1");
  client.receive();
  kept.get().send({.body = "late"});
  client.get("/2");
  EXPECT_EQ(client.receive().body, "GET /2 0");
}

TEST(ServerTest, CallsOnAnAnsweredRequestDoNotAffectTheNext) {
  Awaited<Reply> first, second;
  Awaited<bool> second_gone;
  std::atomic<bool> first_gone = false;
  const Serving serving([&](const Request& request, const Reply& reply) {
    if (request.target == "/1") return echo(request, reply), first.set(reply);
    reply.on_gone([&] { second_gone.set(true); });
    first.get().on_gone([&] { first_gone = true; });
    second.set(reply);
  });
  RawClient client = serving.client();
  client.get("/1");
  client.receive();
  client.get("/2");
  const Reply reply = second.get();
  client.close();
  EXPECT_TRUE(second_gone.get());
  EXPECT_FALSE(first_gone);
}

TEST(ServerTest, AForgottenAnswerIsAnError) {
  const Serving serving([](const Request&, const Reply&) {});
  RawClient client = serving.client();
  client.get("/");
  EXPECT_EQ(client.receive().status, 500);
}

TEST(ServerTest, AnExceptionIsAnErrorWithoutDetails) {
  const Serving serving([](const Request&, const Reply&) { throw std::runtime_error("the password is x"); });
  RawClient client = serving.client();
  client.get("/");
  const auto reception = client.receive();
  EXPECT_EQ(reception.status, 500);
  EXPECT_EQ(reception.body.find("password"), std::string::npos);
  client.get("/");
  EXPECT_EQ(client.receive().status, 500);
}

TEST(ServerTest, HeadHasTheLengthButNotTheBody) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive(false).headers.at("content-length"), "8");
  client.get("/");
  EXPECT_EQ(client.receive().body, "GET / 0");
}

TEST(ServerTest, ClosesWhenTheClientWantsSo) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.get("/", "Connection: close\r\n");
  EXPECT_EQ(client.receive().headers.at("connection"), "close");
  EXPECT_TRUE(client.sees_end());
  RawClient old = serving.client();
  old.send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(old.read_until("GET / 0"), HasSubstr("HTTP/1.0 200 OK\r\n"));
  EXPECT_TRUE(old.sees_end());
}

TEST(ServerTest, KeepsAnOldClientsConnectionWhenAskedTo) {
  const Serving serving(echo);
  RawClient client = serving.client();
  for (int i = 0; i < 2; ++i) {
    client.send("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(client.receive().headers.at("connection"), "keep-alive");
  }
}

TEST(ServerTest, TakesChunkedBodies) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("5;ext=1\r\n12345\r\n");
  client.send("3\r\n678\r");
  client.send("\n0\r\nX-Trailer: 1\r\n\r\nGET /next HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /x 8");
  EXPECT_EQ(client.receive().body, "GET /next 0");
}

TEST(ServerTest, NamesOfCodingsHaveNoCase) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send(
      "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /x 5");
  RawClient zipped = serving.client();
  zipped.send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
  EXPECT_EQ(zipped.receive().status, 501);
}

TEST(ServerTest, Answers100Continue) {
  const Serving serving(echo);
  RawClient client = serving.client();
  client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(client.receive().body, "POST /x 3");
  RawClient refused = serving.client();
  refused.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.receive().status, 413);
}

TEST(ServerTest, TellsTheHandlerWhenTheClientLeaves) {
  for (const bool hard : {false, true}) {
    Awaited<bool> gone;
    Awaited<Reply> waiting;
    const Serving serving([&](const Request&, const Reply& reply) {
      reply.on_gone([&] { gone.set(true); });
      waiting.set(reply);
    });
    RawClient client = serving.client();
    client.get("/");
    const Reply reply = waiting.get();
    hard ? client.reset() : client.close();
    EXPECT_TRUE(gone.get());
    reply.send({.body = "too late"});
  }
}

TEST(ServerTest, AnswersAClientThatClosedItsSendingSideOnly) {
  Awaited<Reply> waiting;
  const Serving serving([&](const Request&, const Reply& reply) { waiting.set(reply); });
  RawClient client = serving.client();
  client.get("/");
  client.close_sending();
  waiting.get().send({.body = "here"});
  EXPECT_EQ(client.receive().body, "here");
  EXPECT_TRUE(client.sees_end());
}

TEST(ServerTest, SeveralPortsHaveTheirOwnHandlersAndCloseAlone) {
  Server server;
  const auto saying = [](const char* text) {
    return std::make_shared<TestHandler>(
        [=](const Request&, const Reply& reply) { reply.send({.body = text}); });
  };
  const std::uint16_t one = server.listen({}, saying("one"));
  const std::uint16_t two = server.listen({}, saying("two"));
  RawClient first(one);
  first.get("/");
  EXPECT_EQ(first.receive().body, "one");
  RawClient second(two);
  second.get("/");
  EXPECT_EQ(second.receive().body, "two");
  server.close(one);
  EXPECT_TRUE(first.sees_end());
  EXPECT_THROW(RawClient{one}, std::runtime_error);
  second.get("/");
  EXPECT_EQ(second.receive().body, "two");
}

TEST(ServerTest, CallsPostedFunctionsOnItsThreadAndRepeatedOnesAgain) {
  Server server;
  Awaited<std::thread::id> posted;
  Awaited<bool> thrice;
  server.post([&] { posted.set(std::this_thread::get_id()); });
  server.every(0.001, [&, calls = 0]() mutable {
    if (++calls == 3) thrice.set(true);
  });
  EXPECT_NE(posted.get(), std::this_thread::get_id());
  EXPECT_TRUE(thrice.get());
}

TEST(ServerStopTest, LetsRunningRequestsFinishAndClosesIdleClients) {
  Awaited<Reply> waiting;
  Serving serving([&](const Request&, const Reply& reply) { waiting.set(reply); });
  RawClient idle = serving.client();
  RawClient busy = serving.client();
  busy.get("/");
  const Reply reply = waiting.get();
  std::thread stopper([&] { serving.server.stop(60); });
  EXPECT_TRUE(idle.sees_end());
  reply.send({.body = "done"});
  const auto reception = busy.receive();
  EXPECT_EQ(reception.body, "done");
  EXPECT_EQ(reception.headers.at("connection"), "close");
  stopper.join();
  EXPECT_THROW(serving.client(), std::runtime_error);
}

TEST(ServerStopTest, ClosesConnectionsThatDoNotFinishInTime) {
  Awaited<Reply> waiting;
  Serving serving([&](const Request&, const Reply& reply) { waiting.set(reply); });
  RawClient client = serving.client();
  client.get("/");
  const Reply reply = waiting.get();
  serving.server.stop(0.01);
  EXPECT_TRUE(client.sees_end());
  reply.send({.body = "to nobody"});
}

TEST(ServerStopTest, RepliesAndStreamsMayOutliveTheServer) {
  std::optional<Reply> reply;
  std::optional<Stream> stream;
  {
    Awaited<bool> asked;
    const Serving serving([&](const Request& request, const Reply& given) {
      if (request.target == "/stream") {
        stream = given.stream({});
      } else {
        reply = given;
        asked.set(true);
      }
    });
    RawClient one = serving.client();
    one.get("/stream");
    EXPECT_EQ(one.receive().status, 200);
    RawClient two = serving.client();
    two.get("/");
    asked.get();
  }
  EXPECT_FALSE(stream->write("x"));
  reply->on_gone([] {});
  reply->send({});
}

}  // namespace
}  // namespace sosw::web
