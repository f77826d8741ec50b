#pragma once

#include <string>
#include <string_view>

#include "sosw/model/time.h"

namespace sosw {

/// One request to another sosw.
struct ServerCall {
  std::string url;
  std::string token;  ///< empty: none
  std::string json;   ///< POSTed when not empty; otherwise a GET
  Seconds timeout = 0;
};

struct ServerAnswer {
  int status = 0;  ///< 0: no answer
  std::string body;
  std::string problem;  ///< why there is no answer of status 200 to 299, as text that follows the URL
};

/// Connects directly, never through a proxy, and reads answers of up to 1 GiB. Never throws; any thread.
ServerAnswer call_server(const ServerCall&);

/// The text as one segment of a URL's path, or one value of its query.
std::string url_escaped(std::string_view text);

}  // namespace sosw
