#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

/// Resident memory of this process, bytes.
std::size_t resident() {
  std::ifstream status("/proc/self/statm");
  std::size_t all = 0;
  std::size_t pages = 0;
  status >> all >> pages;
  return pages * 4096;
}

/// How many clients this process can be and serve at once.
std::size_t possible_clients(std::size_t wanted) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return std::min<std::size_t>(wanted, (files.rlim_cur - 100) / 2);
}

TEST(ManyClientsTest, IdleOnesUseLittleMemoryAndAllAreServed) {
  const std::size_t count = possible_clients(10'000);
  Serving serving(echo);
  std::vector<RawClient> clients;
  clients.reserve(count);
  const std::size_t before = resident();
  const auto ask = [](RawClient& client) {
    client.get("/");
    EXPECT_EQ(client.receive().status, 200);
  };
  while (clients.size() < count) {
    clients.push_back(serving.client());
    ask(clients.back());
    if (clients.size() == std::min<std::size_t>(1'000, count)) {
      EXPECT_LT(resident() - before, 50U << 20);
    }
  }
  for (RawClient& client : clients) ask(client);
  serving.server.stop(60);
  for (RawClient& client : clients) EXPECT_TRUE(client.sees_end());
}

TEST(ManyClientsTest, ThousandsOfWaitingRequestsEachGetTheirAnswer) {
  const std::size_t count = possible_clients(3'000);
  std::vector<std::pair<std::string, Reply>> waiting;
  Awaited<bool> all_wait;
  const Serving serving([&](const Request& request, const Reply& reply) {
    waiting.emplace_back(request.target, reply);
    if (waiting.size() == count) all_wait.set(true);
  });
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(serving.client());
    clients.back().get(fmt::format("/{}", i));
  }
  all_wait.get();
  for (const auto& [target, reply] : waiting) reply.send({.body = target});
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(clients[i].receive().body, fmt::format("/{}", i));
}

TEST(ManyClientsTest, DisconnectingAtAnyPointLeaksNothing) {
  constexpr std::string_view kRequest =
      "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345";
  const Serving serving(echo, {.connections = 100});
  const auto come_and_go = [&](std::size_t first) {
    for (std::size_t i = first; i < 400; i += 4) {
      RawClient client = serving.client();
      client.send(kRequest.substr(0, i % (kRequest.size() + 1)));
      i % 3 == 0 ? client.reset() : client.close();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) threads.emplace_back(come_and_go, i);
  for (std::thread& thread : threads) thread.join();
  std::vector<RawClient> clients;  // as many as fit only when nothing is left of those
  while (clients.size() < 100) {
    RawClient client = serving.client();
    client.get("/");
    if (client.receive().status == 200)
      clients.push_back(std::move(client));
    else
      clients.clear();
  }
}

}  // namespace
}  // namespace sosw::web
