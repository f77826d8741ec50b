#include "http/server/server.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "http/server/answer_head.h"
#include "http/server/connection.h"

namespace sosw::web {
namespace {

constexpr std::size_t kHeardOut = 64;  // clients beyond the limit

std::chrono::steady_clock::duration to_duration(Seconds seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

asio::ip::address address_of(const Access& access) {
  boost::system::error_code error;
  auto address = asio::ip::make_address(access.address == "localhost" ? "127.0.0.1" : access.address, error);
  if (error)
    throw InvalidConfig("listen",
                        fmt::format("'{}' is no IP address of this machine; use 127.0.0.1, or 0.0.0.0 "
                                    "with a token",
                                    access.address));
  if (!address.is_loopback() && access.token.empty())
    throw InvalidConfig("listen",
                        fmt::format("whoever reaches {} could run anything here: set a token in the "
                                    "environment as SOSW_TOKEN, or listen on 127.0.0.1",
                                    access.address));
  return address;
}

/// Keeps child processes from inheriting ports and clients. Asio sets this for neither.
void close_on_exec(int socket) { fcntl(socket, F_SETFD, FD_CLOEXEC); }

Acceptor open_port(Loop& loop, const Access& access) {
  const tcp::endpoint endpoint(address_of(access), access.port);
  try {
    Acceptor acceptor(loop.io, endpoint);
    close_on_exec(acceptor.native_handle());
    return acceptor;
  } catch (const boost::system::system_error& error) {
    const bool taken = error.code() == asio::error::address_in_use;
    throw InvalidConfig(
        "listen", fmt::format("port {} of {}: {}{}", access.port, access.address, error.code().message(),
                              taken ? " by another program; choose another port" : ""));
  }
}

}  // namespace

Loop::Loop(const Limits& limits_)
    : limits(limits_),
      tick_length(std::min(1.0, std::min({limits.idle_timeout, limits.header_timeout, limits.body_timeout,
                                          limits.write_timeout}) /
                                    8)) {}

std::uint64_t Loop::ticks(Seconds seconds) const {
  return static_cast<std::uint64_t>(std::ceil(seconds / tick_length)) + 1;
}

struct Server::Impl {
  struct Listener {
    Acceptor acceptor;
    std::shared_ptr<const Service> service;
    std::uint16_t port;
  };

  explicit Impl(const Limits& limits) : loop(std::make_shared<Loop>(limits)), work(loop->io.get_executor()) {}

  Async<void> accept(std::shared_ptr<Listener>);
  void welcome(Socket, const std::shared_ptr<const Service>&);
  std::optional<Answer> objection_to(Socket&, const Service&);
  Async<void> repeat(Seconds period, std::function<void()>);
  Async<void> leave(Seconds grace);
  void tick();

  std::shared_ptr<Loop> loop;
  asio::executor_work_guard<Executor> work;
  std::set<std::shared_ptr<Listener>> listeners;
  std::set<std::shared_ptr<Connection>> connections;
  std::size_t turned_away = 0;  ///< of these
  std::set<std::shared_ptr<Timer>> timers;
  Signal left{*loop};  ///< a connection ended
  bool stopping = false;
  bool ended = false;
  std::thread thread;
};

Async<void> Server::Impl::accept(std::shared_ptr<Listener> listener) {
  while (listener->acceptor.is_open()) {
    auto [error, socket] = co_await listener->acceptor.async_accept(asio::as_tuple(kAwait));
    if (!error) {
      close_on_exec(socket.native_handle());
      welcome(Socket(std::move(socket)), listener->service);
    } else if (listener->acceptor.is_open()) {  // no descriptor is free, or the client left already
      constexpr Seconds kPause = 0.05;
      Timer pause(loop->io, to_duration(kPause));
      co_await pause.async_wait(asio::as_tuple(kAwait));
    }
  }
}

/// A few of the rejected clients are read while they get the answer, since a client that is busy sending a
/// body reads no answer otherwise; the rest get it without.
void Server::Impl::welcome(Socket socket, const std::shared_ptr<const Service>& service) {
  std::optional<Answer> rejection = objection_to(socket, *service);
  const bool is_unwelcome = rejection.has_value();
  if (is_unwelcome && turned_away == kHeardOut) {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(answer_head(*rejection, {.keep_alive = false}) + rejection->body),
                      ignored);
    return;
  }
  const auto connection = std::make_shared<Connection>(loop, std::move(socket), service);
  connections.insert(connection);
  turned_away += is_unwelcome ? 1 : 0;
  asio::co_spawn(loop->io, is_unwelcome ? connection->turn_away(std::move(*rejection)) : connection->serve(),
                 [this, connection, is_unwelcome](const std::exception_ptr&) {
                   connections.erase(connection);
                   turned_away -= is_unwelcome ? 1 : 0;
                   left.raise();
                 });
}

std::optional<Answer> Server::Impl::objection_to(Socket& socket, const Service& service) {
  if (connections.size() - turned_away >= loop->limits.connections)
    return error_answer(503, "too many connections, try again later");
  if (!service.users) return std::nullopt;
  const auto user = loop->users.user_at(socket.native_handle());
  if (user && service.users(*user)) return std::nullopt;
  return error_answer(403, user ? "this is for the programs of another user"
                                : "the kernel does not say which user this program is of");
}

Async<void> Server::Impl::repeat(Seconds period, std::function<void()> call) {
  const auto timer = *timers.insert(std::make_shared<Timer>(loop->io)).first;
  for (;;) {
    timer->expires_after(to_duration(period));
    co_await timer->async_wait(asio::as_tuple(kAwait));
    if (ended) co_return;
    try {
      call();
    } catch (const std::exception& error) {
      spdlog::error("what the server does now and then: {}", error.what());
    }
  }
}

Async<void> Server::Impl::leave(Seconds grace) {
  stopping = true;
  boost::system::error_code ignored;
  for (const auto& listener : std::exchange(listeners, {})) listener->acceptor.close(ignored);
  for (const auto& connection : connections) connection->drain();
  Timer grace_timer(loop->io, to_duration(grace));
  grace_timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    for (const auto& connection : connections) connection->cut_off();
  });
  while (!connections.empty()) co_await left.wait();
  ended = true;
  for (const auto& timer : std::exchange(timers, {})) timer->cancel();
  work.reset();
}

void Server::Impl::tick() {
  ++loop->tick;
  for (const auto& connection : connections) connection->cut_off_when_late();
}

Server::Server(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {
  every(impl_->loop->tick_length, [impl = impl_.get()] { impl->tick(); });
  impl_->thread = std::thread([loop = impl_->loop] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    loop->io.run();
  });
}

Server::~Server() { stop(0); }

std::uint16_t Server::listen(const Access& access, std::shared_ptr<Handler> handler) {
  auto service = std::make_shared<Service>(Service{AccessControl(access), access.users, std::move(handler)});
  auto listener = std::make_shared<Impl::Listener>(
      Impl::Listener{open_port(*impl_->loop, access), std::move(service), 0});
  listener->port = listener->acceptor.local_endpoint().port();
  const std::uint16_t port = listener->port;
  post([impl = impl_.get(), listener = std::move(listener)] {
    if (impl->stopping) return;
    impl->listeners.insert(listener);
    asio::co_spawn(impl->loop->io, impl->accept(listener), asio::detached);
  });
  return port;
}

void Server::close(std::uint16_t port) {
  post([impl = impl_.get(), port] {
    std::erase_if(impl->listeners, [&](const std::shared_ptr<Impl::Listener>& listener) {
      if (listener->port != port) return false;
      boost::system::error_code ignored;
      listener->acceptor.close(ignored);
      for (const auto& connection : impl->connections)
        if (connection->service() == listener->service) connection->cut_off();
      return true;
    });
  });
}

void Server::stop(Seconds grace) {
  if (!impl_->thread.joinable()) return;
  post([impl = impl_.get(), grace] { asio::co_spawn(impl->loop->io, impl->leave(grace), asio::detached); });
  impl_->thread.join();
}

boost::asio::io_context& Server::io() { return impl_->loop->io; }

void Server::post(std::function<void()> call) { asio::post(impl_->loop->io, std::move(call)); }

void Server::every(Seconds period, std::function<void()> call) {
  post([impl = impl_.get(), period, call = std::move(call)]() mutable {
    asio::co_spawn(impl->loop->io, impl->repeat(period, std::move(call)), asio::detached);
  });
}

}  // namespace sosw::web
