#include "http/client/requests.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "http/client/curl_handles.h"

namespace sosw {
namespace {

constexpr std::size_t kAtOnce = 64;  // transfers; keeps far below the limit of open files
constexpr Seconds kConnectTimeout = 2;
constexpr int kLongestPollMs = 1000;

/// One active request.
class Transfer {
 public:
  Transfer(const HttpRequest& request, Seconds timeout)
      : request_(request.url, kConnectTimeout, timeout, request.largest_answer) {
    answer_.problem = "was not asked";
    request_.set(CURLOPT_PRIVATE, this);
    if (request.direct) request_.set(CURLOPT_NOPROXY, "*");
    if (!request.json.empty()) request_.post_json(request.json);
    for (const auto& [name, text] : request.headers) request_.add_header(name, text);
  }

  CURL* easy() const { return request_.easy(); }

  void ended(CURLcode code) {
    answer_.status = code == CURLE_OK ? request_.status() : 0;
    answer_.body = std::move(request_.body());
    answer_.problem = code == CURLE_OK ? problem_of(answer_.status) : request_.problem_of(code);
  }

  HttpAnswer take() { return std::move(answer_); }

 private:
  static std::string problem_of(int status) {
    if (status >= 300 && status < 400)
      return fmt::format("answers {}; redirects are not followed, give the URL that it leads to", status);
    return status >= 200 && status < 300 ? "" : fmt::format("answers {}", status);
  }

  CurlRequest request_;
  HttpAnswer answer_;
};

void take_ended(CURLM* multi) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->ended(message->data.result);
  }
}

void send_at_once(std::span<const HttpRequest> requests, Seconds timeout, std::vector<HttpAnswer>& answers) {
  const MultiPtr multi(curl_multi_init());
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (const HttpRequest& request : requests) {
    transfers.push_back(std::make_unique<Transfer>(request, timeout));
    curl_multi_add_handle(multi.get(), transfers.back()->easy());
  }
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    take_ended(multi.get());
    if (running > 0) curl_multi_poll(multi.get(), nullptr, 0, kLongestPollMs, nullptr);
  }
  for (const auto& transfer : transfers) {
    curl_multi_remove_handle(multi.get(), transfer->easy());
    answers.push_back(transfer->take());
  }
}

// --- URLs

class Url {
 public:
  explicit Url(const std::string& text) : url_(curl_url()) {
    valid_ = curl_url_set(url_, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }
  ~Url() { curl_url_cleanup(url_); }
  Url(const Url&) = delete;
  Url& operator=(const Url&) = delete;

  bool valid() const { return valid_; }
  void set(CURLUPart part, const char* text, unsigned flags = 0) { curl_url_set(url_, part, text, flags); }

  std::string get(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(url_, part, &text, 0) != CURLUE_OK) return "";
    std::string copy = text;
    curl_free(text);
    return copy;
  }

 private:
  CURLU* url_;
  bool valid_;
};

}  // namespace

std::vector<HttpAnswer> send_requests(std::span<const HttpRequest> requests, Seconds timeout) {
  require_curl();
  std::vector<HttpAnswer> answers;
  answers.reserve(requests.size());
  while (!requests.empty()) {
    const std::size_t next = std::min(requests.size(), kAtOnce);
    send_at_once(requests.first(next), timeout, answers);
    requests = requests.subspan(next);
  }
  return answers;
}

std::string connection_problem(const std::string& url, Seconds timeout) {
  require_curl();
  CurlRequest request(url, timeout, timeout, 0);
  request.set(CURLOPT_CONNECT_ONLY, 1L);
  return request.problem_of(curl_easy_perform(request.easy()));
}

bool is_http_url(const std::string& text) {
  const Url url(text);
  const std::string scheme = url.get(CURLUPART_SCHEME);
  return url.valid() && (scheme == "http" || scheme == "https");
}

std::string extended_url(const std::string& url, const std::string& path, const std::string& name,
                         const std::string& value) {
  Url extended(url);
  std::string whole_path = extended.get(CURLUPART_PATH);
  while (whole_path.ends_with('/')) whole_path.pop_back();
  extended.set(CURLUPART_PATH, (whole_path + path).c_str());
  extended.set(CURLUPART_QUERY, fmt::format("{}={}", name, value).c_str(),
               CURLU_APPENDQUERY | CURLU_URLENCODE);
  return extended.get(CURLUPART_URL);
}

std::string public_url(const std::string& url) {
  Url shown(url);
  if (!shown.valid()) return "the URL";
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    shown.set(part, nullptr);
  return shown.get(CURLUPART_URL);
}

}  // namespace sosw
