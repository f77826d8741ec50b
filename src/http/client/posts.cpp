#include "http/client/posts.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/client/curl_handles.h"

namespace sosw {
namespace {

constexpr std::size_t kLargestBody = 6 << 20;
constexpr Seconds kPostConnectTimeout = 5;
constexpr int kLongestWaitMs = 1000;

/// One active post.
class PostTransfer {
 public:
  PostTransfer(Post post, std::function<void(PostAnswer)> done)
      : post_(std::move(post)),
        done_(std::move(done)),
        request_(post_.url, kPostConnectTimeout, post_.timeout, kLargestBody) {
    // The peer may close a reused connection while the request is in transit.
    request_.set(CURLOPT_FRESH_CONNECT, 1L);
    request_.set(CURLOPT_FORBID_REUSE, 1L);
    request_.leave_out_header("Expect");  // don't wait for the server's permission to send a long body
    request_.post_json(post_.json);
    for (const auto& [name, text] : post_.headers) request_.add_header(name, text);
  }

  CURL* easy() const { return request_.easy(); }

  void end(CURLcode code) {
    if (code == CURLE_OK)
      return done_({PostAnswer::Kind::answered, request_.status(), std::move(request_.body()), ""});
    long sent = 0;  // bytes of the request
    curl_easy_getinfo(request_.easy(), CURLINFO_REQUEST_SIZE, &sent);
    const bool never_left = sent == 0;
    done_({.kind = never_left ? PostAnswer::Kind::not_sent : PostAnswer::Kind::lost,
           .problem = never_left ? curl_easy_strerror(code) : request_.problem_of(code)});
  }

 private:
  Post post_;
  std::function<void(PostAnswer)> done_;
  CurlRequest request_;
};

}  // namespace

struct Posts::Impl {
  Impl() {
    require_curl();
    multi.reset(curl_multi_init());
    thread = std::jthread([this] { work(); });
  }

  void work() {
    while (take_arrived()) {
      int running = 0;
      curl_multi_perform(multi.get(), &running);
      if (!end_some()) curl_multi_poll(multi.get(), nullptr, 0, kLongestWaitMs, nullptr);
    }
    for (const auto& [easy, transfer] : active) curl_multi_remove_handle(multi.get(), easy);
    active.clear();
    const std::lock_guard lock(mutex);
    over = true;
    changed.notify_all();
  }

  /// Whether to continue.
  bool take_arrived() {
    std::vector<std::unique_ptr<PostTransfer>> taken;
    {
      const std::lock_guard lock(mutex);
      taken.swap(arrived);
      if (cut_off || (stopping && taken.empty() && active.empty())) return false;
    }
    for (auto& transfer : taken) {
      CURL* easy = transfer->easy();
      curl_multi_add_handle(multi.get(), easy);
      active.emplace(easy, std::move(transfer));
    }
    return true;
  }

  /// Whether any has ended.
  bool end_some() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi.get(), easy);  // and with it the message
      active.extract(easy).mapped()->end(code);
      any = true;
    }
    return any;
  }

  void stop(Seconds grace) {
    std::unique_lock lock(mutex);
    stopping = true;
    curl_multi_wakeup(multi.get());
    changed.wait_for(lock, std::chrono::duration<double>(grace), [this] { return over; });
    cut_off = true;
    curl_multi_wakeup(multi.get());
    lock.unlock();
    if (thread.joinable()) thread.join();
  }

  MultiPtr multi;
  std::unordered_map<CURL*, std::unique_ptr<PostTransfer>> active;  // used by the thread only
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<PostTransfer>> arrived;
  bool stopping = false;
  bool cut_off = false;
  bool over = false;
  std::jthread thread;
};

Posts::Posts() : impl_(std::make_unique<Impl>()) {}

Posts::~Posts() { stop(0); }

bool Posts::send(Post post, std::function<void(PostAnswer)> done) {
  auto transfer = std::make_unique<PostTransfer>(std::move(post), std::move(done));
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return false;
    impl_->arrived.push_back(std::move(transfer));
  }
  curl_multi_wakeup(impl_->multi.get());
  return true;
}

void Posts::stop(Seconds grace) { impl_->stop(grace); }

}  // namespace sosw
