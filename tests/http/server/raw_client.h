#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sosw::web {

/// A client that sends any bytes, right or wrong. Waits for what it expects, and throws when that does not
/// come for very long.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1");
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the server does not take it any more.
  bool send(std::string_view bytes);
  /// "GET /path HTTP/1.1" with Host and more header lines ("Name: value\r\n").
  bool get(std::string_view path, std::string_view more_headers = "");
  bool post(std::string_view path, std::string_view body, std::string_view more_headers = "");

  struct Reception {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
  };
  /// The next answer; its status is 0 when the server closed instead.
  Reception receive(bool has_body = true);

  /// More bytes, as they are; empty at the end.
  std::string read_some();
  /// Until these bytes have come (they and what was before is returned), or the end.
  std::string read_until(std::string_view mark);
  /// True when the server closes without another byte.
  bool sees_end();

  void close_sending();
  void close();
  void reset();  ///< closes so that the server sees an error

 private:
  int socket_ = -1;
  std::string seen_;
};

}  // namespace sosw::web
