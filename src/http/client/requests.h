#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/time.h"

namespace sosw {

using HttpHeaders = std::map<std::string, std::string>;

struct HttpRequest {
  std::string url;  ///< http or https; may hold user:password@, which is sent as basic authentication
  HttpHeaders headers;
  std::string json;                        ///< POSTed when not empty; otherwise the request is a GET
  std::size_t largest_answer = 1'000'000;  ///< bytes
  bool direct = false;                     ///< not through a proxy, whatever the environment has
};

struct HttpAnswer {
  int status = 0;       ///< 0: no answer
  std::string body;     ///< at most largest_answer
  std::string problem;  ///< why there is no answer of status 200 to 299, as text that follows the URL
};

/// One answer for each request, in their order, many sent at once; each request is aborted after `timeout`.
/// TLS certificates are checked, redirects are not followed: a header may be meant for one host only. Never
/// throws for a request. Any thread.
std::vector<HttpAnswer> send_requests(std::span<const HttpRequest>, Seconds timeout);

/// Why no connection to the server of that URL can be made, TLS included, as text that follows the URL; empty
/// when one can. Sends no request. Never throws; any thread.
std::string connection_problem(const std::string& url, Seconds timeout);

/// Whether the text is an absolute http or https URL.
bool is_http_url(const std::string& text);

/// `path` appended to the path of the URL, and `name`=`value`, escaped, to its query.
std::string extended_url(const std::string& url, const std::string& path, const std::string& name,
                         const std::string& value);

/// The URL without its user, password, query and fragment, which may be secrets.
std::string public_url(const std::string& url);

}  // namespace sosw
