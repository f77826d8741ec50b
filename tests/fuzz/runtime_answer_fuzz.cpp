// What the Runtime API's address answers to a worker of ours is HTTP, or an exception.

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/http_connection.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Accepts one client after the other on loopback, tells it some bytes and hangs up.
class Teller {
 public:
  Teller() {
    sockaddr_in address{.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    require(bind(listener_, any, length) == 0 && listen(listener_, 8) == 0);
    require(getsockname(listener_, any, &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Teller() { close(listener_); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void tell(const std::uint8_t* data, std::size_t size) const {
    const int client = accept(listener_, nullptr, nullptr);
    require(client >= 0);
    char request;
    require(recv(client, &request, 1, 0) == 1);  // a close with unread bytes would throw ours away
    require(send(client, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
    close(client);
  }

 private:
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Teller teller;
  if (size > 64 << 10) return 0;  // more may not fit in the socket, and nobody reads while we write
  sosw::HttpConnection connection(teller.address());
  connection.send("?");
  teller.tell(data, size);
  try {
    for (;;) {
      const sosw::HttpReception reception = connection.receive();
      require(reception.body.size() <= size);
      for (const auto& [name, value] : reception.headers) require(reception.header(name).size() <= size);
      if (reception.header("connection") == "close") return 0;
    }
  } catch (const std::runtime_error&) {
  }
  return 0;
}
