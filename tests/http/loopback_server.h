#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sosw {

/// A small HTTP server on 127.0.0.1 in a thread of its own. It answers each connection once and closes it.
class LoopbackServer {
 public:
  struct Request {
    std::string head;  ///< request line and headers
    std::string body;
    std::string target() const;  ///< path and query
  };
  using Handler = std::function<std::string(const Request&)>;

  /// `handler` returns the whole answer; an empty one keeps the connection open in silence until the end.
  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url() const;  ///< http://127.0.0.1:PORT
  std::vector<Request> requests() const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int port_ = 0;
  int listener_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::vector<int> silent_;
  std::jthread thread_;
};

/// An answer of HTTP/1.1 with that status and body.
std::string http_answer(int status, const std::string& body, const std::string& more_headers = "");

/// A URL of 127.0.0.1 at which nobody listens.
std::string url_of_nobody();

}  // namespace sosw
