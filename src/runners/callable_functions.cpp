#include "runners/callable_functions.h"

#include <algorithm>
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
  const TaskFunction* function;
  Task task;
  SteadyClock::time_point deadline;
};

std::string reason_of(std::string_view what) {
  return what.empty() ? "it threw an exception without a text" : readable_line(what, kLongestReason);
}

void settle(Outcome& outcome, const WorkerResult& result) {
  outcome.succeeded = result.problem.empty();
  outcome.result = result.json;
  outcome.reason = result.problem;
}

Outcome made(Call call, const std::stop_token& stop) {
  const auto began = SteadyClock::now();
  const TaskAttempt attempt{.task_id = call.task.task_id,
                            .payload = call.task.payload,
                            .number = call.task.attempts + 1,
                            .deadline = call.deadline,
                            .stop = stop};
  Outcome outcome{.task = std::move(call.task)};
  try {
    settle(outcome, worker_result((*call.function)(attempt)));
  } catch (const std::exception& error) {
    outcome.reason = reason_of(error.what());
  } catch (...) {
    outcome.reason = "it threw something that is no std::exception";
  }
  outcome.took = std::chrono::duration<double>(SteadyClock::now() - began).count();
  outcome.interrupted = !outcome.succeeded && stop.stop_requested();
  return outcome;
}

Outcome refusal(Call call, const char* reason) {
  return {.task = std::move(call.task), .reason = reason, .refused = true};
}

}  // namespace

struct CallableFunctions::Impl {
  Impl(Outcomes& outcomes_, std::size_t threads_) : outcomes(outcomes_) {
    while (threads.size() < threads_) threads.emplace_back([this] { work(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    changed.notify_all();
  }

  void work() {
    for (std::unique_lock lock(mutex);;) {
      changed.wait(lock, [this] { return ending || !waiting.empty(); });
      if (ending) return;
      Call call = std::move(waiting.front());
      waiting.pop_front();
      ++running;
      lock.unlock();
      outcomes.put(SteadyClock::now() < call.deadline
                       ? made(std::move(call), stopping.get_token())
                       : refusal(std::move(call), "no thread was free for it within its duration"));
      lock.lock();
      if (--running == 0) at_rest.notify_all();
    }
  }

  void hand_over(std::vector<Call> calls) {
    {
      const std::lock_guard lock(mutex);
      for (Call& call : calls) waiting.push_back(std::move(call));
    }
    calls.size() == 1 ? changed.notify_one() : changed.notify_all();
  }

  void stop(Seconds grace) {
    std::unique_lock lock(mutex);
    stopped = true;
    for (Call& call : std::exchange(waiting, {}))
      outcomes.put(refusal(std::move(call), "it was stopped before there was a thread for it"));
    const auto nothing_runs = [this] { return running == 0; };
    if (at_rest.wait_for(lock, std::chrono::duration<double>(grace), nothing_runs)) return;
    stopping.request_stop();
    at_rest.wait(lock, nothing_runs);
  }

  bool is_stopped() {
    const std::lock_guard lock(mutex);
    return stopped;
  }

  Outcomes& outcomes;
  std::unordered_map<std::string, TaskFunction> functions;
  std::mutex mutex;
  std::condition_variable changed;
  std::condition_variable at_rest;
  std::deque<Call> waiting;
  std::size_t running = 0;
  std::stop_source stopping;
  bool stopped = false;
  bool ending = false;
  std::vector<std::jthread> threads;  // last: they end before what they use
};

CallableFunctions::CallableFunctions(Outcomes& outcomes, std::size_t threads)
    : impl_(std::make_unique<Impl>(outcomes, threads)) {}

CallableFunctions::~CallableFunctions() = default;

void CallableFunctions::add(const std::string& labourer_id, TaskFunction function) {
  impl_->functions[labourer_id] = std::move(function);
}

std::vector<Dispatch> CallableFunctions::invoke(std::vector<Invocation> invocations) {
  if (impl_->is_stopped())
    return std::vector<Dispatch>(invocations.size(), {Dispatch::Kind::refused, "it is stopping"});
  const auto now = SteadyClock::now();
  std::vector<Dispatch> dispatches;
  dispatches.reserve(invocations.size());
  std::vector<Call> calls;
  calls.reserve(invocations.size());
  for (Invocation& invocation : invocations) {
    const Labourer& labourer = *invocation.labourer;
    const auto function = impl_->functions.find(labourer.id);
    if (function == impl_->functions.end()) {
      dispatches.push_back({Dispatch::Kind::failed, "there is no function for " + labourer.id});
      continue;
    }
    const auto duration =
        std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(labourer.duration));
    calls.push_back({&function->second, std::move(invocation.task), now + duration});
    dispatches.emplace_back();
  }
  if (!calls.empty()) impl_->hand_over(std::move(calls));
  return dispatches;
}

void CallableFunctions::stop(Seconds grace) { impl_->stop(grace); }

}  // namespace sosw
