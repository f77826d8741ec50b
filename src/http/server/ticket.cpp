#include "http/server/ticket.h"

#include <utility>

#include <boost/asio/dispatch.hpp>

#include "http/server/connection.h"
#include "http/server/handler.h"

namespace sosw::web {

Ticket::Ticket(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection, std::uint64_t exchange)
    : loop_(std::move(loop)), connection_(std::move(connection)), exchange_(exchange) {}

Ticket::~Ticket() {
  if (state_ == State::streaming) on_connection([](Connection& connection) { connection.end_stream(); });
  answer(error_answer(500, "the server forgot to answer this request"));
}

/// Calls on the server's thread, if the exchange still goes on: at once when this is that thread.
template <class Do>
void Ticket::on_connection(Do action) {
  asio::dispatch(loop_->io,
                 [connection = connection_, exchange = exchange_, action = std::move(action)]() mutable {
                   const auto there = connection.lock();
                   if (there && there->exchange() == exchange) action(*there);
                 });
}

void Ticket::answer(Answer answer) {
  State open = State::open;
  if (!state_.compare_exchange_strong(open, State::answered)) return;
  on_connection(
      [answer = std::move(answer)](Connection& connection) mutable { connection.answer(std::move(answer)); });
}

void Ticket::start_stream(Answer head) {
  State open = State::open;
  if (!state_.compare_exchange_strong(open, State::streaming)) return;
  on_connection(
      [head = std::move(head)](Connection& connection) mutable { connection.start_stream(std::move(head)); });
}

bool Ticket::write(std::string bytes) {
  const auto connection = connection_.lock();
  if (!connection || connection->is_cut() || state_ != State::streaming) return false;
  on_connection([bytes = std::move(bytes)](Connection& there) { there.stream(bytes); });
  return true;
}

void Ticket::on_gone(std::function<void()> call) {
  on_connection(
      [call = std::move(call)](Connection& connection) mutable { connection.on_gone(std::move(call)); });
}

Stream::Stream(std::shared_ptr<Ticket> ticket) : ticket_(std::move(ticket)) {}

bool Stream::write(std::string bytes) const { return ticket_->write(std::move(bytes)); }

Reply::Reply(std::shared_ptr<Ticket> ticket) : ticket_(std::move(ticket)) {}

void Reply::send(Answer answer) const { ticket_->answer(std::move(answer)); }

Stream Reply::stream(Answer head) const {
  ticket_->start_stream(std::move(head));
  return Stream(ticket_);
}

void Reply::on_gone(std::function<void()> call) const { ticket_->on_gone(std::move(call)); }

}  // namespace sosw::web
