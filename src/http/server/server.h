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

/// The limits of clients. Bytes of bodies count when received; see BodyRoom for how a peer, which is a user
/// of this machine or an address of another one, is prevented from taking all of them. Times are accurate to
/// a second or an eighth of the shortest, whichever is less.
struct Limits {
  std::size_t connections = 10'000;  ///< further ones are answered 503
  std::uint32_t header_bytes = 32 << 10;
  std::size_t stream_backlog = 1 << 20;             ///< bytes of a stream that a client may leave unread
  std::uint64_t unauthenticated_bytes = 128 << 20;  ///< of all bodies that wait for their Proof; beyond: 503
  std::uint64_t body_bytes = 512 << 20;  ///< of all bodies that are read or whose answer is due; beyond: 503
  Seconds idle_timeout = 120;            ///< without a request
  Seconds header_timeout = 10;           ///< from a request's first byte to the end of its headers
  Seconds body_timeout = 60;             ///< for the body
  Seconds write_timeout = 60;            ///< for the client to receive an answer, or one part of a stream
};

/// Where to listen, and who has access.
struct Access {
  std::string address = "127.0.0.1";  ///< an IP address, or "localhost"
  std::uint16_t port = 0;             ///< 0: any free one
  std::string token;                  ///< if any, each request needs "Authorization: Bearer <token>"
  std::vector<std::shared_ptr<const Authenticator>> proofs;  ///< each is accepted in place of the token
  std::vector<std::string>
      hosts;  ///< names by which clients may call this server, besides IP addresses and localhost

  /// If set: whether programs of this user have access. Others are refused, and so are those whose user the
  /// kernel does not provide.
  std::function<bool(uid_t)> users;
  bool pages = true;  ///< whether pages in a browser have access; if not, requests sent by one are refused
};

/// An HTTP/1.1 server on its own thread. A browser can't be used against it: requests whose Host is neither
/// an address nor a known name are refused (DNS rebinding), and so are those that change something and come
/// from another site's page (Origin, Sec-Fetch-Site).
class Server {
 public:
  explicit Server(const Limits& = {});
  ~Server();  ///< stop(0); not on the server's own thread

  /// Serves here until close() or stop(); returns the port. Throws InvalidConfig when the address can't be
  /// used, or is not a loopback address and no token is given. Any thread.
  std::uint16_t listen(const Access&, std::shared_ptr<Handler>);

  /// Stops listening at this port and disconnects its clients. Any thread; takes effect soon after.
  void close(std::uint16_t port);

  /// Accepts nothing new, ends streams, allows up to `grace` for requests already read, then disconnects the
  /// rest. Returns when no handler is called any more. Not on the server's own thread.
  void stop(Seconds grace);

  /// Calls this on the server's thread, the one that calls handlers: soon, or every `period` until stop().
  /// Any thread.
  void post(std::function<void()>);
  void every(Seconds period, std::function<void()>);

  /// For other asynchronous work on the server's thread. It must end before stop() can return.
  boost::asio::io_context& io();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw::web
