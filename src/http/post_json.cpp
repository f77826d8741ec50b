#include "http/post_json.h"

#include <fmt/format.h>

#include "http/requests.h"

namespace sosw {
namespace {

constexpr Seconds kPatience = 10;

}  // namespace

std::vector<std::string> post_json(const std::string& url, std::vector<std::string> documents) {
  if (!is_http_url(url))
    return std::vector<std::string>(documents.size(), public_url(url) + " is no http or https URL");
  std::vector<HttpRequest> requests;
  requests.reserve(documents.size());
  for (std::string& document : documents) requests.push_back({url, {}, std::move(document)});
  std::vector<std::string> problems;
  for (const HttpAnswer& answer : send_requests(requests, kPatience))
    problems.push_back(answer.problem.empty() ? "" : fmt::format("{}: {}", public_url(url), answer.problem));
  return problems;
}

}  // namespace sosw
