#include "runners/background_functions.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace sosw {

BackgroundFunctions::BackgroundFunctions(Outcomes& outcomes, FunctionInvoker& functions)
    : outcomes_(outcomes), functions_(functions), thread_([this] { work(); }) {}

BackgroundFunctions::~BackgroundFunctions() { stop(); }

std::vector<Dispatch> BackgroundFunctions::invoke(std::vector<Invocation> invocations) {
  const std::size_t count = invocations.size();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {count, Dispatch{Dispatch::Kind::refused, "sosw is stopping"}};
    waiting_.push_back(std::move(invocations));
  }
  changed_.notify_one();
  return std::vector<Dispatch>(count);
}

void BackgroundFunctions::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void BackgroundFunctions::work() {
  for (;;) {
    std::vector<Invocation> batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch = std::move(waiting_.front());
      waiting_.pop_front();
    }
    std::vector<Task> tasks;
    tasks.reserve(batch.size());
    for (const Invocation& invocation : batch) tasks.push_back(invocation.task);
    settle(std::move(tasks), functions_.invoke(std::move(batch)));
  }
}

void BackgroundFunctions::settle(std::vector<Task> tasks, const std::vector<Dispatch>& dispatches) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Dispatch& dispatch = dispatches[i];
    const bool refused = dispatch.kind == Dispatch::Kind::refused;
    if (refused || dispatch.kind == Dispatch::Kind::failed)
      outcomes_.put({.task = std::move(tasks[i]), .reason = dispatch.problem, .refused = refused});
    else if (dispatch.kind == Dispatch::Kind::unknown)
      spdlog::warn("task {}: nobody knows whether it was invoked: {}", tasks[i].task_id, dispatch.problem);
  }
}

}  // namespace sosw
