#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sosw::web {

/// Names and values, in the order received. Names of a request are in lower case.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A request as a handler gets it.
struct Request {
  std::string method;             ///< as sent: "GET"
  std::string target;             ///< as sent: "/jobs/a%20b?limit=10"
  std::vector<std::string> path;  ///< {"jobs", "a b"}: decoded, without an empty last segment
  Pairs query;                    ///< {{"limit", "10"}}: decoded
  Pairs headers;
  std::string body;

  /// The value of the first header of that name (given in lower case), or empty.
  std::string_view header(std::string_view name) const;
  /// The value of the first query parameter of that name.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// The answer. The server adds Content-Length, Connection and Transfer-Encoding; 1xx, 204 and 304 have no
/// body.
struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";  ///< not sent for an empty body
  Pairs headers;                                  ///< in addition to content_type's
};

/// {"status": 404, "message": "..."}: an error for people and programs.
Answer error_answer(int status, std::string_view message);

/// One event of a text/event-stream; `data` may have several lines. An empty name or id is left out.
std::string server_sent_event(std::string_view data, std::string_view name = {}, std::string_view id = {});

}  // namespace sosw::web
