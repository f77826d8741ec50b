#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/model/time.h"

namespace sosw::aws {

struct Header {
  std::string name;
  std::string value;
};
using Headers = std::vector<Header>;

/// The value of the first header of that name, ignoring case; nullptr when there is none.
const std::string* find_header(const Headers&, std::string_view name);

/// The time in a Date header; nullopt when there is none or it can't be parsed.
std::optional<Time> date_of(const Headers&);

struct HttpRequest {
  std::string method = "POST";
  std::string url;  ///< absolute, http or https; path and query percent-encoded as transmitted
  Headers headers;  ///< the sender adds Host, Content-Length and Expect
  std::string body;
  Seconds timeout = 60;  ///< for everything together
  Seconds connect_timeout = 3;
  bool direct = false;  ///< never through a proxy
};

/// The result of a request. Our promises depend on the difference between `not_sent` and `unknown`.
struct HttpAnswer {
  enum class Kind {
    answered,  ///< there is a status, of any value
    not_sent,  ///< not one byte of the request left: it surely had no effect
    unknown,   ///< broken or timed out after something was sent: it may have had its effect
  };
  Kind kind = Kind::not_sent;
  int status = 0;
  Headers headers;
  std::string body;
  std::string problem;     ///< for people, unless answered; holds no header and no body
  bool timed_out = false;  ///< the problem is a time limit
};

/// Sends HTTP requests. Never follows a redirect, never repeats a request by itself.
class Http {
 public:
  virtual ~Http() = default;

  /// One answer for each request, in their order; many run concurrently. Never throws for one of them.
  virtual std::vector<HttpAnswer> send(std::span<const HttpRequest>) = 0;
};

}  // namespace sosw::aws
