#include "http/server/connection.h"

#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/server/exchange_handle.h"
#include "http/server/target.h"

namespace sosw::web {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kHeadRead = 4 << 10;  // bytes; all the memory of an idle client
constexpr std::size_t kBodyRead = 64 << 10;
constexpr std::size_t kHeldBack = 16 << 10;

void skip_blank_lines(boost::beast::flat_buffer& buffer) {
  const auto* bytes = static_cast<const char*>(buffer.data().data());
  std::size_t blank = 0;
  while (blank < buffer.size() && (bytes[blank] == '\r' || bytes[blank] == '\n')) ++blank;
  buffer.consume(blank);
}

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, Socket socket, std::shared_ptr<const Service> service)
    : loop_(std::move(loop)), socket_(std::move(socket)), service_(std::move(service)), changed_(*loop_) {
  RequestParser::Code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  enter(Phase::idle);
}

Async<void> Connection::serve() {
  try {
    while (co_await serve_one()) {
    }
  } catch (const std::exception& error) {
    spdlog::error("a client's connection: {}", error.what());
  }
  client_left();
  cut_off();
}

Async<void> Connection::turn_away(Answer answer) {
  co_await refuse(std::move(answer));
  cut_off();
}

/// Returns whether another request may follow.
Async<bool> Connection::serve_one() {
  RequestParser parser(loop_->limits.header_bytes);
  if (!co_await read_head(parser)) co_return false;
  if (auto refusal = rejection(parser)) {
    co_await refuse(std::move(*refusal));
    co_return false;
  }
  if (parser.request.header("expect") == "100-continue" && !parser.is_done() &&
      !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {}))
    co_return false;
  BodyBytes body(loop_->bodies), unauthenticated(loop_->unauthenticated);
  if (!co_await read_body(parser, body, unauthenticated)) co_return false;
  unauthenticated.clear();

  framing_ = {.keep_alive = parser.keep_alive(), .old_version = parser.old_version};
  const std::string method = parser.request.method;
  hand_over(std::move(parser.request));
  co_await answered();
  const bool sent = answer_ && (streaming_ ? co_await send_stream() : co_await send_answer(method));
  ++exchange_;
  answer_.reset();
  on_gone_ = nullptr;
  co_return sent&& framing_.keep_alive;
}

Async<bool> Connection::read_head(RequestParser& parser) {
  enter(Phase::idle);
  for (;;) {
    if (!parser.got_some()) skip_blank_lines(buffer_);
    if (buffer_.size() > 0) {
      if (phase_ == Phase::idle) enter(Phase::head);
      RequestParser::Code error;
      buffer_.consume(parser.put(buffer_.data(), error));
      if (parser.is_header_done() && !error) co_return true;
      if (error && error != http::error::need_more) {
        co_await refuse(fault_of_reading(error, parser));
        co_return false;
      }
    } else if (draining_) {
      co_return false;
    }
    if (!co_await more(kHeadRead)) {
      if (timed_out_ && phase_ == Phase::head)
        co_await refuse(error_answer(408, "the headers took too long"));
      co_return false;
    }
  }
}

Async<bool> Connection::read_body(RequestParser& parser, BodyBytes& body, BodyBytes& unauthenticated) {
  if (parser.is_done()) co_return true;
  enter(Phase::body);
  parser.eager(true);
  while (!parser.is_done()) {
    RequestParser::Code error = http::error::need_more;
    if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
    if (error && error != http::error::need_more) {
      co_await refuse(fault_of_reading(error, parser));
      co_return false;
    }
    if (auto refusal = shortage(parser, body, unauthenticated)) {
      co_await refuse(std::move(*refusal));
      co_return false;
    }
    if (parser.is_done()) break;
    if (buffer_.size() > loop_->limits.header_bytes) {  // of what is between and after chunks
      co_await refuse(
          service_->handler->refusal(parser.request, 400, "a chunk's head or the trailer is too long"));
      co_return false;
    }
    if ((error || buffer_.size() == 0) && !co_await more(kBodyRead)) {
      if (timed_out_)
        co_await refuse(service_->handler->refusal(parser.request, 408, "the body took too long"));
      co_return false;
    }
  }
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  co_return true;
}

/// False at the end of the input.
Async<bool> Connection::more(std::size_t bytes) {
  co_await flush();
  if (watching_) {
    while (watching_) co_await changed_.wait();
    co_return !gone_;
  }
  if (gone_ || cut_off_) co_return false;
  const auto [error, count] =
      co_await socket_.async_read_some(buffer_.prepare(bytes), asio::as_tuple(kAwait));
  buffer_.commit(count);
  co_return !error;
}

/// Objections from the headers alone.
std::optional<Answer> Connection::rejection(RequestParser& parser) {
  Request& request = parser.request;
  if (!read_target(request)) return error_answer(400, "the target must be a path, with % only in escapes");
  Handler& handler = *service_->handler;
  if (const auto coding = request.header("transfer-encoding");
      !coding.empty() && !boost::beast::iequals({coding.data(), coding.size()}, "chunked"))
    return handler.refusal(request, 501, "the only transfer encoding known here is 'chunked'");
  AccessControl::Decision decision = service_->access_control.check(request);
  // An invalid proof, such as an expired cookie, must not prevent access to it either.
  if ((decision.status == 401 || decision.needs_authentication) && handler.is_for_everybody(request))
    decision = {};
  if (decision.status != 0) {
    Answer answer = handler.refusal(request, decision.status, decision.message);
    if (decision.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }
  const std::uint64_t limit = handler.body_limit(request);
  if (const auto length = parser.content_length(); length && *length > limit)
    return handler.refusal(request, 413,
                           fmt::format("a body of {} bytes is too long, the limit is {}", *length, limit));
  parser.body_limit(limit);
  needs_authentication_ = decision.needs_authentication;
  const std::uint64_t notified = parser.is_done() ? 0 : parser.content_length().value_or(0);
  if (needs_authentication_ && !loop_->unauthenticated.fits(notified)) return too_many_unproven(request);
  if (!loop_->bodies.fits(notified)) return too_much_at_once(request);
  return std::nullopt;
}

/// Counts the received bytes of the body; returns the refusal when there is no room for them.
std::optional<Answer> Connection::shortage(const RequestParser& parser, BodyBytes& body,
                                           BodyBytes& unauthenticated) {
  const std::uint64_t bytes = parser.request.body.size();
  const auto count = [&](BodyBytes& counted) {
    return parser.is_done() ? counted.complete(bytes) : counted.grow(bytes, peer());
  };
  if (needs_authentication_ && !count(unauthenticated)) return too_many_unproven(parser.request);
  if (!count(body)) return too_much_at_once(parser.request);
  return std::nullopt;
}

Answer Connection::too_many_unproven(const Request& request) const {
  return service_->handler->refusal(request, 503, "too many signed requests are being read, try again later");
}

Answer Connection::too_much_at_once(const Request& request) const {
  return service_->handler->refusal(request, 503,
                                    "too much is being read and worked on at the moment, try again later");
}

/// The peer to which bytes are counted: the user, for a program of this machine, else the address.
const std::string& Connection::peer() {
  if (!peer_.empty()) return peer_;
  RequestParser::Code ignored;
  const auto user = loop_->users.user_at(socket_.native_handle());
  peer_ = user ? fmt::format("user {}", *user) : socket_.remote_endpoint(ignored).address().to_string();
  return peer_;
}

Answer Connection::fault_of_reading(const RequestParser::Code& error, const RequestParser& parser) const {
  if (error == http::error::header_limit)
    return error_answer(431, fmt::format("the headers are longer than {} bytes", loop_->limits.header_bytes));
  if (error == http::error::body_limit)
    return service_->handler->refusal(parser.request, 413,
                                      fmt::format("the body is longer than the limit of {} bytes",
                                                  service_->handler->body_limit(parser.request)));
  return error_answer(400, "this is not HTTP/1.1: " + error.message());
}

void Connection::hand_over(Request request) {
  enter(Phase::handling);
  streaming_ = stream_ended_ = false;
  const Reply reply(std::make_shared<ExchangeHandle>(loop_, weak_from_this(), exchange_));
  try {
    if (needs_authentication_)
      if (auto rejection = service_->access_control.rejection(request))
        return reply.send(std::move(*rejection));
    service_->handler->handle(std::move(request), reply);
  } catch (const std::exception& error) {
    spdlog::error("answering a request: {}", error.what());
    reply.send(error_answer(500, "the server failed on this request; its log says why"));
  }
}

/// Waits for the answer, or the head of a stream.
Async<void> Connection::answered() {
  if (!answer_) co_await flush();
  while (!answer_ && !cut_off_) {
    watch_client();
    co_await changed_.wait();
  }
}

/// While the handler works: one read, to detect that the client leaves. Data received instead is the
/// beginning of its next request.
void Connection::watch_client() {
  if (watching_ || gone_ || cut_off_ || buffer_.size() > 0) return;
  watching_ = true;
  socket_.async_read_some(buffer_.prepare(kHeadRead),
                          [self = shared_from_this()](const RequestParser::Code& error, std::size_t count) {
                            self->watching_ = false;
                            self->buffer_.commit(count);
                            if (error) self->client_left();
                            self->changed_.raise();
                          });
}

void Connection::client_left() {
  gone_ = true;
  if (const auto call = std::exchange(on_gone_, nullptr)) call();
}

Async<bool> Connection::send_answer(const std::string& method) {
  framing_.keep_alive = framing_.keep_alive && !draining_;
  std::string head = answer_head(*answer_, framing_);
  const bool has_body = may_have_body(answer_->status) && method != "HEAD";
  const std::string_view body = has_body ? std::string_view(answer_->body) : "";
  if (framing_.keep_alive && buffer_.size() > 0 && unsent_.size() + body.size() < kHeldBack) {
    unsent_.append(head).append(body);
    co_return true;
  }
  co_return co_await write(std::move(head), body);
}

Async<bool> Connection::send_stream() {
  framing_.chunked = true;
  framing_.keep_alive = framing_.keep_alive && !framing_.old_version && !draining_;
  std::string bytes = answer_head(*answer_, framing_);
  const auto frame = [&](const std::string& part) {
    if (!part.empty())
      bytes += framing_.old_version ? part : fmt::format("{:x}\r\n{}\r\n", part.size(), part);
  };
  frame(answer_->body);
  while (!gone_ && !cut_off_) {
    frame(std::exchange(stream_bytes_, {}));
    const bool last = stream_ended_ || draining_;
    if (last && !framing_.old_version) bytes += "0\r\n\r\n";
    if (!bytes.empty() && !co_await write(std::exchange(bytes, {}), {})) co_return false;
    if (last) co_return !draining_;
    enter(Phase::handling);
    watch_client();
    if (stream_bytes_.empty() && !stream_ended_) co_await changed_.wait();
  }
  co_return false;
}

/// Answers before the request is read completely. The rest is discarded for a while: closing immediately
/// would make the client's system drop our answer.
Async<void> Connection::refuse(Answer answer) {
  answer_.reset();
  framing_ = {.keep_alive = false};
  const std::string head = answer_head(answer, framing_);
  if (!co_await write(head, answer.body)) co_return;
  RequestParser::Code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(Phase::lingering);
  do buffer_.clear();
  while (co_await more(kBodyRead));
}

Async<void> Connection::flush() {
  if (!unsent_.empty()) co_await write({}, {});
}

Async<bool> Connection::write(std::string head, std::string_view body) {
  if (cut_off_) co_return false;
  const Phase before = phase_;
  enter(Phase::writing);
  if (!unsent_.empty()) head.insert(0, std::exchange(unsent_, {}));
  const std::array<asio::const_buffer, 2> bytes = {asio::buffer(head), asio::buffer(body)};
  const auto [error, count] = co_await asio::async_write(socket_, bytes, asio::as_tuple(kAwait));
  enter(before);
  if (error) client_left();
  co_return !error;
}

void Connection::answer(Answer answer) {
  answer_ = std::move(answer);
  changed_.raise();
}

void Connection::start_stream(Answer head) {
  streaming_ = true;
  stream_bytes_.clear();
  answer(std::move(head));
}

void Connection::stream(const std::string& bytes) {
  stream_bytes_ += bytes;
  if (stream_bytes_.size() > loop_->limits.stream_backlog) return cut_off();
  changed_.raise();
}

void Connection::end_stream() {
  stream_ended_ = true;
  changed_.raise();
}

void Connection::on_gone(std::function<void()> call) {
  on_gone_ = std::move(call);
  if (gone_) client_left();
}

void Connection::cut_off() {
  cut_off_ = true;
  RequestParser::Code ignored;
  socket_.close(ignored);
  changed_.raise();
}

void Connection::drain() {
  draining_ = true;
  if (phase_ == Phase::idle) return cut_off();
  changed_.raise();
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  const Limits& limits = loop_->limits;
  const auto timeout = [&]() -> Seconds {
    switch (phase) {
      case Phase::idle:
        return limits.idle_timeout;
      case Phase::body:
        return limits.body_timeout;
      case Phase::writing:
        return limits.write_timeout;
      default:
        return limits.header_timeout;
    }
  };
  deadline_ = loop_->tick + loop_->ticks(timeout());
}

void Connection::cut_off_when_late() {
  if (phase_ == Phase::handling || loop_->tick < deadline_) return;
  if (phase_ != Phase::head && phase_ != Phase::body) return cut_off();
  timed_out_ = true;
  RequestParser::Code ignored;
  socket_.cancel(ignored);
}

}  // namespace sosw::web
