#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sosw {

struct HttpReception {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  std::string header(std::string_view name) const;  ///< empty if there is none
};

/// A kept-alive HTTP/1.1 connection to one address, opened when needed. Waits for answers without limit.
/// Throws std::runtime_error when the connection fails or the answer is not HTTP; the next send() opens a new
/// one.
class HttpConnection {
 public:
  /// "host:port"
  explicit HttpConnection(std::string address) : address_(std::move(address)) {}
  ~HttpConnection() { close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  const std::string& address() const { return address_; }

  /// One request or several in sequence, as bytes. Each is answered by one receive(), in their order.
  void send(std::string_view requests);
  HttpReception receive();
  void close();

 private:
  void open();
  void read_more();
  std::string line();
  std::string bytes(std::size_t count);
  std::string chunks();

  std::string address_;
  int socket_ = -1;
  std::string unread_;
};

}  // namespace sosw
