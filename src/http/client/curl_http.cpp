#include "http/client/curl_http.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "http/client/curl_transfer.h"

namespace sosw::aws {
namespace {

/// The authorities' file of the system that this runs on, when curl was built for another one; else empty.
std::string foreign_ca_file() {
  const curl_version_info_data* version = curl_version_info(CURLVERSION_NOW);
  const auto exists = [](const char* path) {
    std::error_code ignored;
    return path && std::filesystem::exists(path, ignored);
  };
  if (version->age >= CURLVERSION_SEVENTH && (exists(version->cainfo) || exists(version->capath))) return {};
  constexpr std::array usual = {"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"};
  for (const char* path : usual)
    if (exists(path)) return path;
  return {};
}

void init_curl_once() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl can't be used");
}

}  // namespace

class CurlHttp::Transfers {
 public:
  explicit Transfers(Options options) : options_(std::move(options)) {
    init_curl_once();
    multi_.reset(curl_multi_init());
    if (!multi_) throw std::bad_alloc();
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(options_.in_flight));
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    if (options_.ca_file.empty()) options_.ca_file = foreign_ca_file();
  }

  std::vector<HttpAnswer> send(std::span<const HttpRequest> requests) {
    const std::lock_guard lock(mutex_);
    std::vector<HttpAnswer> answers(requests.size());
    std::size_t next = 0;
    std::size_t active = 0;
    while (next < requests.size() || active > 0) {
      while (next < requests.size() && active < options_.in_flight) {
        begin(requests[next], next);
        ++next;
        ++active;
      }
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      const std::size_t ended = collect(answers);
      active -= ended;
      if (ended == 0 && active > 0) curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
    }
    return answers;
  }

 private:
  void begin(const HttpRequest& request, std::size_t index) {
    if (idle_.empty()) idle_.push_back(std::make_unique<CurlTransfer>());
    CurlTransfer* transfer = idle_.back().get();
    transfer->begin(request, options_.ca_file);
    transfer->index = index;
    curl_multi_add_handle(multi_.get(), transfer->handle());
    busy_.push_back(std::move(idle_.back()));
    idle_.pop_back();
  }

  /// Collects the answers of ended transfers; returns how many there were.
  std::size_t collect(std::vector<HttpAnswer>& answers) {
    std::size_t ended = 0;
    int waiting = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &waiting)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* handle = message->easy_handle;
      curl_multi_remove_handle(multi_.get(), handle);  // and with it the message
      const auto found = std::find_if(busy_.begin(), busy_.end(),
                                      [&](const auto& transfer) { return transfer->handle() == handle; });
      answers[(*found)->index] = (*found)->take_answer(code);
      idle_.push_back(std::move(*found));
      *found = std::move(busy_.back());
      busy_.pop_back();
      ++ended;
    }
    return ended;
  }

  struct MultiEnd {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  Options options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<CurlTransfer>> idle_;
  std::vector<std::unique_ptr<CurlTransfer>> busy_;
  std::unique_ptr<CURLM, MultiEnd> multi_;
};

CurlHttp::CurlHttp(Options options) : transfers_(std::make_unique<Transfers>(std::move(options))) {}

CurlHttp::~CurlHttp() = default;

std::vector<HttpAnswer> CurlHttp::send(std::span<const HttpRequest> requests) {
  return transfers_->send(requests);
}

}  // namespace sosw::aws
