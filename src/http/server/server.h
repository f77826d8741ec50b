#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "sosw/model/time.h"

#include "http/server/authenticator.h"
#include "http/server/handler.h"

namespace boost::asio {
class io_context;
}

namespace sosw::web {

/// What clients may take. Bytes of bodies count when they have come; see BodyRoom for how a peer, which is
/// a user of this machine or an address of another one, is kept from taking all of them. Times are kept to a
/// second or an eighth of the shortest, whichever is less.
struct Limits {
  std::size_t connections = 10'000;  ///< further ones are answered 503
  std::uint32_t header_bytes = 32 << 10;
  std::size_t stream_backlog = 1 << 20;             ///< bytes of a stream that a client may leave unread
  std::uint64_t unauthenticated_bytes = 128 << 20;  ///< of all bodies that wait for their Proof; beyond: 503
  std::uint64_t body_bytes = 512 << 20;  ///< of all bodies that are read or whose answer is due; beyond: 503
  Seconds idle_timeout = 120;            ///< without a request
  Seconds header_timeout = 10;           ///< from a request's first byte to the end of its headers
  Seconds body_timeout = 60;             ///< for the body
  Seconds write_timeout = 60;            ///< for the client to take an answer, or one part of a stream
};

/// Where to listen, and who may ask.
struct Access {
  std::string address = "127.0.0.1";  ///< an IP address, or "localhost"
  std::uint16_t port = 0;             ///< 0: any free one
  std::string token;                  ///< if any, each request needs "Authorization: Bearer <token>"
  std::vector<std::shared_ptr<const Authenticator>> proofs;  ///< each is taken in the token's place
  std::vector<std::string>
      hosts;  ///< names by which clients may call this server, beside IP addresses and localhost

  /// If any: whether programs of this user may ask. Others are refused, and so are those of whom the kernel
  /// does not tell.
  std::function<bool(uid_t)> users;
  bool pages = true;  ///< whether pages in a browser may ask; if not, whatever is sent by one is refused
};

/// An HTTP/1.1 server on one thread of its own. A browser can't be used against it: requests whose Host is no
/// address and no known name are refused (DNS rebinding), and so are those that change something and come
/// from another site's page (Origin, Sec-Fetch-Site).
class Server {
 public:
  explicit Server(const Limits& = {});
  ~Server();  ///< stop(0); not on the server's own thread

  /// Serve here until close() or stop(); returns the port. Throws InvalidConfig when the address can't be
  /// used, or is not a loopback address and no token is given. Any thread.
  std::uint16_t listen(const Access&, std::shared_ptr<Handler>);

  /// Stop listening at this port and cut its clients. Any thread; done soon after.
  void close(std::uint16_t port);

  /// Accept nothing new, end streams, let requests that were read be answered for up to `grace`, then cut the
  /// rest. Returns when no handler is called any more. Not on the server's own thread.
  void stop(Seconds grace);

  /// Call this on the server's thread, the one that calls handlers: soon, or every `period` until stop().
  /// Any thread.
  void post(std::function<void()>);
  void every(Seconds period, std::function<void()>);

  /// For other asynchronous work on the server's thread. It must be over before stop() can return.
  boost::asio::io_context& io();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw::web
