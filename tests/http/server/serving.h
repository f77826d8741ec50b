#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/server/raw_client.h"
#include "http/server/server.h"

namespace sosw::web {

/// A value that one thread waits for and another sets; waiting in vain throws.
template <class T>
class Awaited {
 public:
  void set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    changed_.notify_all();
  }
  T get() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return value_.has_value(); }))
      throw std::runtime_error("what the test waits for does not happen");
    return std::move(*value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

/// A handler made of a function; bodies may be long under /long only.
class TestHandler final : public Handler {
 public:
  using Function = std::function<void(Request, Reply)>;
  explicit TestHandler(Function function) : function_(std::move(function)) {}

  void handle(Request request, Reply reply) override { function_(std::move(request), std::move(reply)); }
  std::uint64_t body_limit(const Request& request) const override {
    return !request.path.empty() && request.path[0] == "long" ? 64 << 20 : 1000;
  }
  Answer refusal(const Request& request, int status, std::string_view message) override {
    Answer answer = Handler::refusal(request, status, message);
    answer.headers.emplace_back("X-Refused", request.method);
    return answer;
  }

 private:
  Function function_;
};

/// Says back what came: method, target, size of the body.
inline void echo(const Request& request, const Reply& reply) {
  reply.send({.body = request.method + " " + request.target + " " + std::to_string(request.body.size())});
}

/// A server with one listener.
struct Serving {
  explicit Serving(TestHandler::Function function, const Limits& limits = {}, const Access& access = {})
      : server(limits), port(server.listen(access, std::make_shared<TestHandler>(std::move(function)))) {}
  RawClient client() const { return RawClient(port); }

  Server server;
  std::uint16_t port;
};

}  // namespace sosw::web
