#include "http/server/exchange_handle.h"

#include <utility>

#include <boost/asio/dispatch.hpp>

#include "http/server/connection.h"
#include "http/server/handler.h"

namespace sosw::web {

ExchangeHandle::ExchangeHandle(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection,
                               std::uint64_t exchange)
    : loop_(std::move(loop)), connection_(std::move(connection)), exchange_(exchange) {}

ExchangeHandle::~ExchangeHandle() {
  if (state_ == State::streaming) on_connection([](Connection& connection) { connection.end_stream(); });
  answer(error_answer(500, "the server forgot to answer this request"));
}

/// Runs on the server's thread, if the exchange is still active: immediately when this is that thread.
template <class Do>
void ExchangeHandle::on_connection(Do action) {
  asio::dispatch(loop_->io,
                 [connection = connection_, exchange = exchange_, action = std::move(action)]() mutable {
                   const auto there = connection.lock();
                   if (there && there->exchange() == exchange) action(*there);
                 });
}

void ExchangeHandle::answer(Answer answer) {
  State open = State::open;
  if (!state_.compare_exchange_strong(open, State::answered)) return;
  on_connection(
      [answer = std::move(answer)](Connection& connection) mutable { connection.answer(std::move(answer)); });
}

void ExchangeHandle::start_stream(Answer head) {
  State open = State::open;
  if (!state_.compare_exchange_strong(open, State::streaming)) return;
  on_connection(
      [head = std::move(head)](Connection& connection) mutable { connection.start_stream(std::move(head)); });
}

bool ExchangeHandle::write(std::string bytes) {
  const auto connection = connection_.lock();
  if (!connection || connection->is_cut_off() || state_ != State::streaming) return false;
  on_connection([bytes = std::move(bytes)](Connection& there) { there.stream(bytes); });
  return true;
}

void ExchangeHandle::on_gone(std::function<void()> call) {
  on_connection(
      [call = std::move(call)](Connection& connection) mutable { connection.on_gone(std::move(call)); });
}

Stream::Stream(std::shared_ptr<ExchangeHandle> handle) : handle_(std::move(handle)) {}

bool Stream::write(std::string bytes) const { return handle_->write(std::move(bytes)); }

Reply::Reply(std::shared_ptr<ExchangeHandle> handle) : handle_(std::move(handle)) {}

void Reply::send(Answer answer) const { handle_->answer(std::move(answer)); }

Stream Reply::stream(Answer head) const {
  handle_->start_stream(std::move(head));
  return Stream(handle_);
}

void Reply::on_gone(std::function<void()> call) const { handle_->on_gone(std::move(call)); }

}  // namespace sosw::web
