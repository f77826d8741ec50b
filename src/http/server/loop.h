#pragma once

#include <cstdint>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/server/body_room.h"
#include "http/server/peer_users.h"
#include "http/server/server.h"

namespace sosw::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Async = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait;

/// State shared by everything on the server's thread. Timeouts are counted in ticks of one timer, so that
/// they cost nothing per request.
struct Loop {
  explicit Loop(const Limits& limits_);

  std::uint64_t ticks(Seconds) const;  ///< at least one

  asio::io_context io{1};
  const Limits limits;
  const Seconds tick_length;
  std::uint64_t tick = 0;  ///< now

  // Of bodies, see Limits.
  BodyRoom unauthenticated{limits.unauthenticated_bytes};
  BodyRoom bodies{limits.body_bytes};

  PeerUsers users;
};

/// Lets a coroutine wait for an event on the same thread.
class Signal {
 public:
  explicit Signal(Loop& loop) : timer_(loop.io, Timer::time_point::max()) {}

  void raise() {
    raised_ = true;
    timer_.cancel();
  }

  /// Returns after raise(), at once if that was before. The waiter checks the condition, and may have to wait
  /// again.
  Async<void> wait() {
    boost::system::error_code cancelled;
    if (!raised_) co_await timer_.async_wait(asio::redirect_error(kAwait, cancelled));
    raised_ = false;
  }

 private:
  Timer timer_;
  bool raised_ = false;
};

}  // namespace sosw::web
