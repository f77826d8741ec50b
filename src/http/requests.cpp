#include "http/requests.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "http/curl_handles.h"

namespace sosw {
namespace {

constexpr std::size_t kAtOnce = 64;  // transfers; keeps far below the limit of open files
constexpr long kConnectPatienceMs = 2000;
constexpr int kLongestPollMs = 1000;

/// One request under way.
class Transfer {
 public:
  Transfer(const HttpRequest& request, Seconds patience)
      : easy_(curl_easy_init()), largest_answer_(request.largest_answer) {
    answer_.problem = "was not asked";
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, kConnectPatienceMs);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(patience * 1000));
    set(CURLOPT_USERAGENT, "sosw");
    if (request.direct) set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
    set(CURLOPT_WRITEDATA, this);
    if (!request.json.empty()) {
      add_header("Content-Type: application/json");
      set(CURLOPT_POSTFIELDS, request.json.c_str());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.json.size()));
    }
    for (const auto& [name, text] : request.headers)
      add_header(text.empty() ? name + ";" : fmt::format("{}: {}", name, text));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_.get(); }

  void ended(CURLcode code, Seconds patience) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = code == CURLE_OK ? static_cast<int>(status) : 0;
    answer_.problem = problem_of(code, patience);
  }

  HttpAnswer take() { return std::move(answer_); }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void add_header(const std::string& line) {
    headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
  }

  static std::size_t receive(const char* bytes, std::size_t size, std::size_t count, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    self.too_large_ = self.answer_.body.size() + size * count > self.largest_answer_;
    if (self.too_large_) return 0;
    self.answer_.body.append(bytes, size * count);
    return size * count;
  }

  /// In words that are the same each time, so that a problem that lasts can be known as the same one.
  std::string problem_of(CURLcode code, Seconds patience) const {
    if (too_large_) return fmt::format("the answer is larger than {} bytes", largest_answer_);
    if (code == CURLE_OPERATION_TIMEDOUT) return fmt::format("no answer within {} s", patience);
    if (code != CURLE_OK) return curl_easy_strerror(code);
    if (answer_.status >= 300 && answer_.status < 400)
      return fmt::format("answers {}; redirects are not followed, give the URL that it leads to",
                         answer_.status);
    return answer_.status >= 200 && answer_.status < 300 ? "" : fmt::format("answers {}", answer_.status);
  }

  EasyPtr easy_;
  ListPtr headers_;
  HttpAnswer answer_;
  std::size_t largest_answer_;
  bool too_large_ = false;
};

void take_ended(CURLM* multi, Seconds patience) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->ended(message->data.result, patience);
  }
}

void send_at_once(std::span<const HttpRequest> requests, Seconds patience, std::vector<HttpAnswer>& answers) {
  const MultiPtr multi(curl_multi_init());
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (const HttpRequest& request : requests) {
    transfers.push_back(std::make_unique<Transfer>(request, patience));
    curl_multi_add_handle(multi.get(), transfers.back()->easy());
  }
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    take_ended(multi.get(), patience);
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

std::vector<HttpAnswer> send_requests(std::span<const HttpRequest> requests, Seconds patience) {
  require_curl();
  std::vector<HttpAnswer> answers;
  answers.reserve(requests.size());
  while (!requests.empty()) {
    const std::size_t next = std::min(requests.size(), kAtOnce);
    send_at_once(requests.first(next), patience, answers);
    requests = requests.subspan(next);
  }
  return answers;
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
