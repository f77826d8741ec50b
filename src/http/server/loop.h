#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

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

/// What everything on the server's thread shares. Timeouts are counted in ticks of one timer, so that they
/// cost nothing for each request.
struct Loop {
  explicit Loop(const Limits& limits_);

  std::uint64_t ticks(Seconds) const;  ///< at least one

  asio::io_context io{1};
  const Limits limits;
  const Seconds tick_length;
  std::uint64_t tick = 0;  ///< now

  /// Of bodies, see Limits.
  struct Room {
    const std::uint64_t limit;
    std::uint64_t taken = 0;
  };
  Room unproven{limits.unproven_bytes};
  Room bodies{limits.body_bytes};
};

/// The bytes of one body that count there, until this is gone.
class BodyBytes {
 public:
  explicit BodyBytes(Loop::Room& room) : room_(room) {}
  ~BodyBytes() { shrink(0); }
  BodyBytes(const BodyBytes&) = delete;
  BodyBytes& operator=(const BodyBytes&) = delete;

  /// False when it would be too many.
  bool take(std::uint64_t bytes) {
    if (bytes > room_.limit - room_.taken) return false;
    room_.taken += bytes_ = bytes;
    return true;
  }
  void shrink(std::uint64_t bytes) {
    const std::uint64_t left = std::min(bytes, bytes_);
    room_.taken -= bytes_ - left;
    bytes_ = left;
  }

 private:
  Loop::Room& room_;
  std::uint64_t bytes_ = 0;
};

/// Lets a coroutine wait for something else that happens on the same thread.
class Signal {
 public:
  explicit Signal(Loop& loop) : timer_(loop.io, Timer::time_point::max()) {}

  void raise() {
    raised_ = true;
    timer_.cancel();
  }

  /// Returns after raise(), at once if that was before. The waiter checks what happened, and may have to wait
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
