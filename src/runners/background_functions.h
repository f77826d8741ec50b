#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"

namespace sosw {

/// Invokes without making the caller wait for a remote service: its own thread does, batch after batch. Every
/// invocation is accepted at once; one that is then refused, or fails, has an outcome that says so, the
/// others have none.
class BackgroundFunctions final : public FunctionInvoker {
 public:
  BackgroundFunctions(Outcomes&, FunctionInvoker&);
  ~BackgroundFunctions() override;

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// Takes nothing more and returns when all accepted invocations are made.
  void stop();

 private:
  void work();
  void settle(std::vector<Task>, const std::vector<Dispatch>&);

  Outcomes& outcomes_;
  FunctionInvoker& functions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Invocation>> waiting_;
  bool stopping_ = false;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace sosw
