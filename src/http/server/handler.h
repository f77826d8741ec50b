#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/server/message.h"

namespace sosw::web {

class ExchangeHandle;

/// An answer sent piece by piece, until the last copy of this object is gone. Every call is safe from any
/// thread, also when server and client are long gone.
class Stream {
 public:
  explicit Stream(std::shared_ptr<ExchangeHandle>);

  /// False when the client is known to be gone. Does not wait for slow clients; one that leaves too much
  /// unread (Limits::stream_backlog) is disconnected.
  bool write(std::string bytes) const;

 private:
  std::shared_ptr<ExchangeHandle> handle_;
};

/// The right to answer one request, once: now or later, from any thread. When the last copy is gone without
/// an answer, the client gets a 500. Calls after the answer, or after the client is gone, have no effect.
class Reply {
 public:
  explicit Reply(std::shared_ptr<ExchangeHandle>);

  void send(Answer) const;

  /// Sends the head now; its body is the first part of the stream.
  Stream stream(Answer head) const;

  /// Calls back, on the server's thread, when the client leaves before the answer or the stream has ended;
  /// not called otherwise. A client that closes only its sending side counts as gone.
  void on_gone(std::function<void()>) const;

 private:
  std::shared_ptr<ExchangeHandle> handle_;
};

/// What a server serves. Everything here is called on the server's one thread and must not block: slow work
/// answers later. An exception results in a 500, and a line of the log.
class Handler {
 public:
  virtual ~Handler() = default;

  virtual void handle(Request, Reply) = 0;

  /// The largest body to read for this request, whose headers have come, in bytes.
  virtual std::uint64_t body_limit(const Request&) const { return 1 << 20; }

  /// Whether a request to the right host is answered without a token, too.
  virtual bool is_for_everybody(const Request&) const { return false; }

  /// The format of the server's own refusal of this request (too long, not allowed).
  virtual Answer refusal(const Request&, int status, std::string_view message) {
    return error_answer(status, message);
  }
};

}  // namespace sosw::web
