#include "http/client/post_json.h"

#include <fmt/format.h>

#include "http/client/requests.h"

namespace sosw {
namespace {

constexpr Seconds kTimeout = 10;

}  // namespace

std::vector<std::string> post_json(std::span<const JsonPost> posts) {
  std::vector<HttpRequest> requests;
  std::vector<std::size_t> sent;  // which of the posts they are
  std::vector<std::string> problems(posts.size());
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (!is_http_url(posts[i].url)) {
      problems[i] = public_url(posts[i].url) + " is no http or https URL";
      continue;
    }
    requests.push_back({posts[i].url, {}, posts[i].json});
    sent.push_back(i);
  }
  const std::vector<HttpAnswer> answers = send_requests(requests, kTimeout);
  for (std::size_t k = 0; k < sent.size(); ++k)
    if (!answers[k].problem.empty())
      problems[sent[k]] = fmt::format("{}: {}", public_url(requests[k].url), answers[k].problem);
  return problems;
}

}  // namespace sosw
