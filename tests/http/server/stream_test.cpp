#include <thread>

#include <gmock/gmock.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

using testing::HasSubstr;

const Answer kEvents = {.content_type = "text/event-stream"};

TEST(StreamTest, IsSentInPiecesAndEnds) {
  Awaited<Stream> opened;
  const Serving serving([&](const Request& request, const Reply& reply) {
    request.target == "/events" ? opened.set(reply.stream(kEvents)) : echo(request, reply);
  });
  RawClient client = serving.client();
  client.get("/events");
  {
    const Stream stream = opened.get();
    const auto head = client.receive();
    EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(head.headers.at("transfer-encoding"), "chunked");
    EXPECT_TRUE(stream.write(server_sent_event("1")));
    EXPECT_EQ(client.read_until("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
    EXPECT_TRUE(stream.write(server_sent_event("2")));
    EXPECT_EQ(client.read_until("\n\n\r\n"), "9\r\ndata: 2\n\n\r\n");
  }
  opened.set(Stream(nullptr));
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "0\r\n\r\n");
  client.get("/after");
  EXPECT_EQ(client.receive().body, "GET /after 0");
}

TEST(StreamTest, ForAnOldClientEndsWithTheConnection) {
  const Serving serving([](const Request&, const Reply& reply) {
    const Stream stream = reply.stream({.body = "first "});
    stream.write("second");
  });
  RawClient client = serving.client();
  client.send("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.read_until("second"), HasSubstr("\r\n\r\nfirst second"));
  EXPECT_TRUE(client.sees_end());
}

TEST(StreamTest, ReportsWhenTheClientDisconnects) {
  Awaited<Stream> opened;
  Awaited<bool> gone;
  Serving serving([&](const Request&, const Reply& reply) {
    reply.on_gone([&] { gone.set(true); });
    opened.set(reply.stream(kEvents));
  });
  RawClient client = serving.client();
  client.get("/");
  const Stream stream = opened.get();
  EXPECT_EQ(client.receive().status, 200);
  client.close();
  EXPECT_TRUE(gone.get());
  while (stream.write("x")) {
  }
}

TEST(StreamTest, AClientThatDoesNotReadIsDisconnected) {
  Awaited<Stream> opened;
  const Serving serving([&](const Request&, const Reply& reply) { opened.set(reply.stream(kEvents)); },
                        {.stream_backlog = 100'000});
  RawClient client = serving.client();
  client.get("/");
  const Stream stream = opened.get();
  const std::string much(10'000, 'x');
  while (stream.write(much)) {
  }
  const Stream again = stream;
  EXPECT_FALSE(again.write("x"));
}

TEST(StreamTest, EndsProperlyWhenTheServerStops) {
  Awaited<Stream> opened;
  Serving serving([&](const Request&, const Reply& reply) { opened.set(reply.stream(kEvents)); });
  RawClient client = serving.client();
  client.get("/");
  const Stream stream = opened.get();
  serving.server.stop(60);
  EXPECT_THAT(client.read_until("0\r\n\r\n"), HasSubstr("\r\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(client.sees_end());
}

TEST(StreamTest, ManyThreadsMayWriteToOne) {
  Awaited<Stream> opened;
  const Serving serving([&](const Request&, const Reply& reply) { opened.set(reply.stream(kEvents)); });
  RawClient client = serving.client();
  client.send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
  {
    const Stream stream = opened.get();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int line = 0; line < 100; ++line) stream.write("0123456789\n");
      });
    for (std::thread& thread : threads) thread.join();
  }
  opened.set(Stream(nullptr));
  client.read_until("\r\n\r\n");
  std::string body;
  for (std::string more = client.read_some(); !more.empty(); more = client.read_some()) body += more;
  EXPECT_EQ(body.size(), 4 * 100 * 11U);
}

}  // namespace
}  // namespace sosw::web
