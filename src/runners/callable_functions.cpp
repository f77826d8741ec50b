#include "runners/callable_functions.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "runners/process/worker_result.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kLongestReason = 500;  // bytes

struct Call {
  const CallableFunctions::Callable* callable;
  Task task;
  std::string event;
};

std::string reason_of(std::string_view what) {
  return what.empty() ? "it threw an exception without a text" : readable_line(what, kLongestReason);
}

void settle(Outcome& outcome, const WorkerResult& result) {
  outcome.succeeded = result.problem.empty();
  outcome.result = result.json;
  outcome.reason = result.problem;
}

Outcome made(Call call) {
  const auto began = SteadyClock::now();
  Outcome outcome{.task = std::move(call.task)};
  try {
    settle(outcome, worker_result((*call.callable)(call.event)));
  } catch (const std::exception& error) {
    outcome.reason = reason_of(error.what());
  } catch (...) {
    outcome.reason = "it threw something that is no std::exception";
  }
  outcome.took = std::chrono::duration<double>(SteadyClock::now() - began).count();
  return outcome;
}

}  // namespace

struct CallableFunctions::Impl {
  Impl(Outcomes& outcomes_, int threads_) : outcomes(outcomes_) {
    for (int i = 0; i < std::max(threads_, 1); ++i) threads.emplace_back([this] { work(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    changed.notify_all();
  }

  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return ending || !waiting.empty(); });
      if (ending) return;
      Call call = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      outcomes.put(made(std::move(call)));
    }
  }

  void hand_over(std::vector<Call> calls) {
    {
      const std::lock_guard lock(mutex);
      for (Call& call : calls) waiting.push_back(std::move(call));
    }
    calls.size() == 1 ? changed.notify_one() : changed.notify_all();
  }

  Outcomes& outcomes;
  std::unordered_map<std::string, Callable> callables;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Call> waiting;
  bool ending = false;
  std::vector<std::jthread> threads;  // last: they end before what they use
};

CallableFunctions::CallableFunctions(Outcomes& outcomes, int threads)
    : impl_(std::make_unique<Impl>(outcomes, threads)) {}

CallableFunctions::~CallableFunctions() = default;

void CallableFunctions::add(const std::string& labourer_id, Callable callable) {
  impl_->callables[labourer_id] = std::move(callable);
}

std::vector<Dispatch> CallableFunctions::invoke(std::vector<Invocation> invocations) {
  std::vector<Dispatch> dispatches;
  dispatches.reserve(invocations.size());
  std::vector<Call> calls;
  calls.reserve(invocations.size());
  for (Invocation& invocation : invocations) {
    const auto callable = impl_->callables.find(invocation.labourer->id);
    if (callable == impl_->callables.end()) {
      dispatches.push_back({Dispatch::Kind::failed, "there is no callable for " + invocation.labourer->id});
      continue;
    }
    calls.push_back({&callable->second, std::move(invocation.task), std::move(invocation.event)});
    dispatches.emplace_back();
  }
  if (!calls.empty()) impl_->hand_over(std::move(calls));
  return dispatches;
}

}  // namespace sosw
