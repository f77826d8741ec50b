#include "sosw/http/posts.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "http/curl_handles.h"

namespace sosw {
namespace {

constexpr std::size_t kLargestBody = 6 << 20;
constexpr Seconds kConnectPatience = 5;
constexpr int kLongestWaitMs = 1000;

long milliseconds(Seconds seconds) { return std::max(1L, static_cast<long>(seconds * 1000)); }

/// One post under way.
class PostTransfer {
 public:
  PostTransfer(Post post, std::function<void(PostAnswer)> done)
      : post_(std::move(post)), done_(std::move(done)), easy_(curl_easy_init()) {
    set(CURLOPT_URL, post_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(kConnectPatience, post_.patience)));
    set(CURLOPT_TIMEOUT_MS, milliseconds(post_.patience));
    set(CURLOPT_USERAGENT, "sosw");
    // On a connection that was kept, the far side may close it while the request is on its way.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_WRITEFUNCTION, &PostTransfer::receive);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, post_.json.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post_.json.size()));
    add_header("Content-Type: application/json");
    add_header("Expect:");  // not to wait for a server's leave to send a long body
    for (const auto& [name, text] : post_.headers)
      add_header(text.empty() ? name + ";" : fmt::format("{}: {}", name, text));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }
  PostTransfer(const PostTransfer&) = delete;
  PostTransfer& operator=(const PostTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }

  void end(CURLcode code) {
    long status = 0;
    long sent = 0;  // bytes of the request
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &sent);
    if (code == CURLE_OK)
      answer_ = {PostAnswer::Kind::answered, static_cast<int>(status), std::move(answer_.body), ""};
    else
      answer_ = {.kind = sent == 0 ? PostAnswer::Kind::not_sent : PostAnswer::Kind::lost,
                 .problem = problem_of(code, sent)};
    done_(std::move(answer_));
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void add_header(const std::string& line) {
    headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
  }

  static std::size_t receive(const char* bytes, std::size_t size, std::size_t count, void* transfer) {
    auto& self = *static_cast<PostTransfer*>(transfer);
    self.too_large_ = self.answer_.body.size() + size * count > kLargestBody;
    if (self.too_large_) return 0;
    self.answer_.body.append(bytes, size * count);
    return size * count;
  }

  std::string problem_of(CURLcode code, long sent) const {
    if (too_large_) return fmt::format("the answer is larger than {} bytes", kLargestBody);
    if (code == CURLE_OPERATION_TIMEDOUT && sent > 0)
      return fmt::format("no answer within {} s", post_.patience);
    return curl_easy_strerror(code);
  }

  Post post_;
  std::function<void(PostAnswer)> done_;
  EasyPtr easy_;
  ListPtr headers_;
  PostAnswer answer_;
  bool too_large_ = false;
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
    for (const auto& [easy, transfer] : under_way) curl_multi_remove_handle(multi.get(), easy);
    under_way.clear();
    const std::lock_guard lock(mutex);
    over = true;
    changed.notify_all();
  }

  /// Whether to go on.
  bool take_arrived() {
    std::vector<std::unique_ptr<PostTransfer>> taken;
    {
      const std::lock_guard lock(mutex);
      taken.swap(arrived);
      if (cut || (stopping && taken.empty() && under_way.empty())) return false;
    }
    for (auto& transfer : taken) {
      CURL* easy = transfer->easy();
      curl_multi_add_handle(multi.get(), easy);
      under_way.emplace(easy, std::move(transfer));
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
      under_way.extract(easy).mapped()->end(code);
      any = true;
    }
    return any;
  }

  void stop(Seconds grace) {
    std::unique_lock lock(mutex);
    stopping = true;
    curl_multi_wakeup(multi.get());
    changed.wait_for(lock, std::chrono::duration<double>(grace), [this] { return over; });
    cut = true;
    curl_multi_wakeup(multi.get());
    lock.unlock();
    if (thread.joinable()) thread.join();
  }

  MultiPtr multi;
  std::unordered_map<CURL*, std::unique_ptr<PostTransfer>> under_way;  // of the thread alone
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<PostTransfer>> arrived;
  bool stopping = false;
  bool cut = false;
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
