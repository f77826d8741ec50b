#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/server/message.h"

namespace sosw::web {

class Connection;
struct Loop;

/// Held by Replies and Streams: reaches, from any thread, the connection's exchange that they answer.
class ExchangeHandle {
 public:
  ExchangeHandle(std::shared_ptr<Loop>, std::weak_ptr<Connection>, std::uint64_t exchange);
  ~ExchangeHandle();
  ExchangeHandle(const ExchangeHandle&) = delete;
  ExchangeHandle& operator=(const ExchangeHandle&) = delete;

  void answer(Answer);
  void start_stream(Answer head);
  bool write(std::string bytes);
  void on_gone(std::function<void()>);

 private:
  template <class Do>
  void on_connection(Do);

  enum class State { open, answered, streaming };

  const std::shared_ptr<Loop> loop_;
  const std::weak_ptr<Connection> connection_;
  const std::uint64_t exchange_;
  std::atomic<State> state_ = State::open;
};

}  // namespace sosw::web
