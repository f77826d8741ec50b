#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>

#include "http/server/access_control.h"
#include "http/server/answer_head.h"
#include "http/server/handler.h"
#include "http/server/loop.h"
#include "http/server/request_parser.h"

namespace sosw::web {

/// The configuration of one listening port.
struct Service {
  AccessControl access_control;
  std::function<bool(uid_t)> users;  ///< see Access
  std::shared_ptr<Handler> handler;
};

/// One client: reads a request, has the handler answer it, writes the answer, and so on. All except
/// is_cut_off() is for the server's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop>, Socket, std::shared_ptr<const Service>);

  /// Runs until the client, a timeout, or cut_off() ends it.
  Async<void> serve();
  /// The same for a client that gets only this answer.
  Async<void> turn_away(Answer);

  void cut_off();                               ///< closes it now
  void drain();                                 ///< closes it after the current exchange
  void cut_off_when_late();                     ///< called every tick
  bool is_cut_off() const { return cut_off_; }  ///< any thread
  const std::shared_ptr<const Service>& service() const { return service_; }

  // The handler's operations, through a Reply or Stream, on the current exchange.
  std::uint64_t exchange() const { return exchange_; }
  void answer(Answer);
  void start_stream(Answer head);
  void stream(const std::string& bytes);
  void end_stream();
  void on_gone(std::function<void()>);

 private:
  enum class Phase { idle, head, body, handling, writing, lingering };

  Async<bool> serve_one();
  Async<bool> read_head(RequestParser&);
  Async<bool> read_body(RequestParser&, BodyBytes& body, BodyBytes& unauthenticated);
  Async<bool> more(std::size_t bytes);
  Async<void> answered();
  Async<bool> send_answer(const std::string& method);
  Async<bool> send_stream();
  Async<void> refuse(Answer);
  Async<bool> write(std::string head, std::string_view body);
  Async<void> flush();

  std::optional<Answer> rejection(RequestParser&);
  std::optional<Answer> shortage(const RequestParser&, BodyBytes& body, BodyBytes& unauthenticated);
  Answer too_many_unproven(const Request&) const;
  Answer too_much_at_once(const Request&) const;
  const std::string& peer();
  Answer fault_of_reading(const RequestParser::Code&, const RequestParser&) const;
  void hand_over(Request);
  void watch_client();
  void client_left();
  void enter(Phase);

  const std::shared_ptr<Loop> loop_;
  Socket socket_;
  std::string peer_;  ///< see peer()
  const std::shared_ptr<const Service> service_;
  boost::beast::flat_buffer buffer_;
  std::string unsent_;  ///< short answers, held back because the next request has arrived already
  Signal changed_;      ///< an answer, bytes of a stream, the client's end

  Phase phase_ = Phase::idle;
  std::uint64_t deadline_ = 0;  ///< in ticks
  bool timed_out_ = false;
  bool draining_ = false;
  bool gone_ = false;      ///< the client sends nothing any more
  bool watching_ = false;  ///< a read is pending that detects this
  std::atomic<bool> cut_off_ = false;

  // The current exchange.
  std::uint64_t exchange_ = 0;
  bool needs_authentication_ = false;
  Framing framing_;
  std::optional<Answer> answer_;  ///< complete, or the head of a stream
  bool streaming_ = false;
  bool stream_ended_ = false;
  std::string stream_bytes_;  ///< to be sent
  std::function<void()> on_gone_;
};

}  // namespace sosw::web
