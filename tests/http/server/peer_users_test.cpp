// Which user's programs may ask, for real: clients that have become another user.

#include "http/server/peer_users.h"

#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/server/serving.h"

namespace sosw::web {
namespace {

constexpr uid_t kStranger = 65534;

/// Whether the body, which runs in a child that is another user, says yes.
bool as_stranger(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(setuid(kStranger) == 0 && body() ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

const Access kOursOnly{.users = [](uid_t user) { return user == getuid(); }};

/// Both ends of a connection within this machine; the client is of the given family.
class Connected {
 public:
  explicit Connected(int family) {
    const int listening = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int only = 0;  // clients of IPv4, too
    setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    sockaddr_in6 six{.sin6_family = AF_INET6, .sin6_addr = in6addr_any};
    socklen_t size = sizeof six;
    EXPECT_EQ(bind(listening, reinterpret_cast<sockaddr*>(&six), size), 0);
    EXPECT_EQ(listen(listening, 1), 0);
    getsockname(listening, reinterpret_cast<sockaddr*>(&six), &size);
    theirs_ = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    six.sin6_addr = in6addr_loopback;
    const sockaddr_in four{
        .sin_family = AF_INET, .sin_port = six.sin6_port, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const bool is_six = family == AF_INET6;
    EXPECT_EQ(
        connect(theirs_,
                is_six ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four),
                is_six ? sizeof six : sizeof four),
        0);
    ours_ = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    close(listening);
  }
  ~Connected() {
    close_theirs();
    close(ours_);
  }
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;

  int ours() const { return ours_; }
  void close_theirs() { close(std::exchange(theirs_, -1)); }

 private:
  int theirs_ = -1, ours_ = -1;
};

void expect_users_are_known(PeerUsers& users) {
  for (const int family : {AF_INET, AF_INET6}) {
    Connected connected(family);
    EXPECT_EQ(users.user_at(connected.ours()), getuid()) << family;
    connected.close_theirs();
    EXPECT_EQ(users.user_at(connected.ours()), std::nullopt) << family;
  }
}

TEST(PeerUsersTest, TheKernelKnowsWhoseASocketIs) {
  PeerUsers users;
  expect_users_are_known(users);
}

TEST(PeerUsersTest, ItsTablesTellWhatNetlinkDoesNot) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  PeerUsers users;  // has no socket
  setrlimit(RLIMIT_NOFILE, &before);
  expect_users_are_known(users);
}

TEST(PeerUsersTest, OurOwnProgramsMayAsk) {
  const Serving serving(echo, {}, kOursOnly);
  RawClient client = serving.client();
  client.get("/");
  EXPECT_EQ(client.receive().status, 200);
}

TEST(PeerUsersTest, OthersAreRefusedWhateverTheyAsk) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  const Serving serving(echo, {}, kOursOnly);
  EXPECT_TRUE(as_stranger([&] {
    RawClient client = serving.client();
    client.get("/");
    const auto reception = client.receive();
    return reception.status == 403 && reception.body.find("another user") != std::string::npos;
  }));
  RawClient own = serving.client();
  own.get("/");
  EXPECT_EQ(own.receive().status, 200);
}

TEST(PeerUsersTest, WhoHasClosedTheSocketAlreadyIsNotTakenForRoot) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  Access access;
  access.users = [](uid_t) { return true; };
  std::atomic<int> handled = 0;
  Serving serving(
      [&](const Request&, const Reply& reply) {
        ++handled;
        reply.send({});
      },
      {}, access);
  Awaited<bool> go_on, held;
  serving.server.post([&] {
    held.set(true);
    go_on.get();
  });
  held.get();  // it accepts nobody before go_on
  EXPECT_TRUE(as_stranger([&] {
    RawClient client = serving.client();
    return client.get("/");
  }));
  go_on.set(true);
  RawClient own = serving.client();
  own.get("/");
  EXPECT_EQ(own.receive().status, 200);
  EXPECT_EQ(handled, 1) << "only ours";
}

}  // namespace
}  // namespace sosw::web
