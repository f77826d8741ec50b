#include "http/client/server_call.h"

#include <curl/curl.h>

#include "http/client/requests.h"

namespace sosw {

ServerAnswer call_server(const ServerCall& call) {
  HttpRequest request{.url = call.url, .json = call.json, .largest_answer = 1 << 30, .direct = true};
  if (!call.token.empty()) request.headers["Authorization"] = "Bearer " + call.token;
  HttpAnswer answer = send_requests({&request, 1}, call.timeout).front();
  return {answer.status, std::move(answer.body), std::move(answer.problem)};
}

std::string url_escaped(std::string_view text) {
  char* escaped = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string copy = escaped ? escaped : "";
  curl_free(escaped);
  return copy;
}

}  // namespace sosw
