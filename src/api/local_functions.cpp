#include "api/local_functions.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "model/function_arn.h"

namespace sosw {
namespace {

constexpr std::size_t kMostWaiting = 1000;            // calls of one labourer
constexpr std::size_t kMostWaitingBytes = 256 << 20;  // of all
constexpr auto kStopped = "the engine is stopping";

std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

CallResult refusal(const std::string& why) { return {.kind = CallResult::Kind::refused, .reason = why}; }

/// "ValueError: not today" contains its type; other texts don't.
CallResult failure(const std::string& reason) {
  const std::size_t colon = reason.find(": ");
  const std::string type = reason.substr(0, colon);
  const bool has_type = colon != std::string::npos && type.find_first_of(" /()") == std::string::npos;
  return {CallResult::Kind::failed,
          text_of({{"errorType", has_type ? type : "Runtime.Failed"},
                   {"errorMessage", has_type ? reason.substr(colon + 2) : reason}})};
}

CallResult result_of(const Outcome& outcome) {
  if (outcome.refused) return refusal(outcome.reason);
  CallResult result = outcome.succeeded       ? CallResult{CallResult::Kind::succeeded, outcome.result}
                      : outcome.error.empty() ? failure(outcome.reason)
                                              : CallResult{CallResult::Kind::failed, outcome.error};
  result.log = outcome.log;
  result.took = outcome.took;
  return result;
}

}  // namespace

struct LocalFunctions::Impl {
  struct Call {
    FunctionCall call;
    std::function<void(CallResult)> done;
  };
  struct CallQueue {
    std::optional<std::int64_t> slots = std::nullopt;  // as last reported
    std::int64_t running = 0;
    std::deque<Call> waiting;
  };

  explicit Impl(Parts parts_) : parts(std::move(parts_)) {
    for (const auto& [name, essential] : parts.essentials)
      descriptions.push_back(
          {name, local_function_arn(parts.region, name), "an essential of sosw", 900, 0, /*quick=*/true});
    for (const auto& [name, labourer] : parts.labourers)
      if (!parts.essentials.contains(name))
        descriptions.push_back({name,
                                labourer.arn.empty() ? local_function_arn(parts.region, name) : labourer.arn,
                                "a labourer", labourer.duration, labourer.max_simultaneous_invocations});
    std::ranges::sort(descriptions, {}, &FunctionDescription::name);
    parts.outcomes.intercept([this](const Outcome& outcome) { return take(outcome); });
  }
  ~Impl() { parts.outcomes.intercept(nullptr); }

  void call_essential(const Essential&, Call);
  void call_labourer(const Labourer&, Call);
  std::int64_t take_slots(const Labourer&, std::optional<std::int64_t> told);
  Call taken_from(CallQueue&);
  Dispatch dispatch_of(std::vector<Invocation> one);
  void start(const Labourer&, Call);
  bool withdraw(const std::string& name, const std::string& request_id);
  void stop();
  bool take(const Outcome&);
  void end(const std::string& labourer_id, const std::string& id, CallResult);

  const Parts parts;
  std::vector<FunctionDescription> descriptions;
  std::mutex mutex;
  bool stopped = false;
  std::size_t waiting_bytes = 0;                                               // of events of all queues
  std::unordered_map<std::string, CallQueue> queues;                           // by labourer
  std::unordered_map<std::string, std::function<void(CallResult)>> in_flight;  // by task id
};

void LocalFunctions::Impl::call_essential(const Essential& essential, Call call) {
  parts.on_engine([&essential, call = std::move(call)] {
    CallResult result;
    try {
      result.json = essential(call.call);
    } catch (const StoreError& error) {
      result = refusal(error.what());  // so that clients try again
    } catch (const std::exception& error) {
      result = {CallResult::Kind::failed, text_of({{"errorType", "Error"}, {"errorMessage", error.what()}})};
    }
    call.done(std::move(result));
  });
}

void LocalFunctions::Impl::call_labourer(const Labourer& labourer, Call call) {
  {
    std::unique_lock lock(mutex);
    CallQueue& queue = queues[labourer.id];
    const std::size_t waiting = queue.waiting.size();
    const std::size_t bytes = call.call.event.size();
    if (stopped || waiting >= kMostWaiting || waiting_bytes + bytes > kMostWaitingBytes) {
      const std::string why =
          stopped ? kStopped : fmt::format("{} calls of {} wait already", waiting, labourer.id);
      lock.unlock();
      return call.done(refusal(why));
    }
    waiting_bytes += bytes;
    queue.waiting.push_back(std::move(call));
  }
  parts.on_engine([this, &labourer] { take_slots(labourer, std::nullopt); });
}

std::int64_t LocalFunctions::Impl::take_slots(const Labourer& labourer, std::optional<std::int64_t> told) {
  std::vector<Call> starting;
  std::deque<Call> rejected;
  std::int64_t taken = 0;
  {
    const std::lock_guard lock(mutex);
    CallQueue& queue = queues[labourer.id];
    if (told) queue.slots = told;
    const std::int64_t slots = queue.slots.value_or(labourer.max_simultaneous_invocations);
    while (!queue.waiting.empty() && queue.running + parts.tasks_in_flight(labourer.id) < slots) {
      ++queue.running;
      starting.push_back(taken_from(queue));
    }
    while (slots <= 0 && !queue.waiting.empty()) rejected.push_back(taken_from(queue));
    taken = queue.running + static_cast<std::int64_t>(queue.waiting.size());
  }
  for (Call& call : starting) start(labourer, std::move(call));
  for (const Call& call : rejected) call.done(refusal(fmt::format("the limit of {} is 0", labourer.id)));
  return taken;
}

LocalFunctions::Impl::Call LocalFunctions::Impl::taken_from(CallQueue& queue) {
  Call call = std::move(queue.waiting.front());
  queue.waiting.pop_front();
  waiting_bytes -= call.call.event.size();
  return call;
}

Dispatch LocalFunctions::Impl::dispatch_of(std::vector<Invocation> one) {
  try {
    return parts.functions.invoke(std::move(one)).at(0);
  } catch (const std::exception& error) {
    return {Dispatch::Kind::refused, error.what()};
  }
}

void LocalFunctions::Impl::start(const Labourer& labourer, Call call) {
  FunctionCall& asked = call.call;
  std::string id = asked.request_id;
  std::erase(id, '-');
  {
    const std::lock_guard lock(mutex);
    in_flight.emplace(id, std::move(call.done));
  }
  std::vector<Invocation> one;
  one.push_back({.labourer = &labourer,
                 .task = {.task_id = id, .labourer_id = labourer.id, .payload = asked.event},
                 .event = std::move(asked.event),
                 .arn = std::move(asked.arn),
                 .client_context = std::move(asked.client_context)});
  const Dispatch dispatch = dispatch_of(std::move(one));
  if (dispatch.kind == Dispatch::Kind::failed)
    end(labourer.id, id, failure(dispatch.problem));
  else if (dispatch.kind == Dispatch::Kind::refused)
    end(labourer.id, id, refusal(dispatch.problem));
}

bool LocalFunctions::Impl::withdraw(const std::string& name, const std::string& request_id) {
  std::optional<Call> withdrawn;  // its end, which may call others, runs without the lock
  const std::lock_guard lock(mutex);
  const auto queue = queues.find(name);
  if (queue == queues.end()) return false;
  auto& waiting = queue->second.waiting;
  const auto call =
      std::ranges::find(waiting, request_id, [](const Call& one) { return one.call.request_id; });
  if (call == waiting.end()) return false;
  waiting_bytes -= call->call.event.size();
  withdrawn = std::move(*call);
  waiting.erase(call);
  return true;
}

void LocalFunctions::Impl::stop() {
  std::vector<Call> waiting;
  {
    const std::lock_guard lock(mutex);
    stopped = true;
    for (auto& [id, queue] : queues)
      while (!queue.waiting.empty()) waiting.push_back(taken_from(queue));
  }
  for (const Call& call : waiting) call.done(refusal(kStopped));
}

/// An outcome of a call, not of a task, ends the call.
bool LocalFunctions::Impl::take(const Outcome& outcome) {
  {
    const std::lock_guard lock(mutex);
    if (!in_flight.contains(outcome.task.task_id)) return false;
  }
  end(outcome.task.labourer_id, outcome.task.task_id, result_of(outcome));
  return true;
}

void LocalFunctions::Impl::end(const std::string& labourer_id, const std::string& id, CallResult result) {
  std::function<void(CallResult)> done;
  {
    const std::lock_guard lock(mutex);
    done = std::move(in_flight.extract(id).mapped());
    --queues[labourer_id].running;
  }
  done(std::move(result));
  if (const auto labourer = parts.labourers.find(labourer_id); labourer != parts.labourers.end())
    parts.on_engine([this, &labourer = labourer->second] { take_slots(labourer, std::nullopt); });
  parts.wake(labourer_id);
}

LocalFunctions::LocalFunctions(Parts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

LocalFunctions::~LocalFunctions() = default;

const std::vector<FunctionDescription>& LocalFunctions::descriptions() const { return impl_->descriptions; }

void LocalFunctions::call(FunctionCall call, std::function<void(CallResult)> done) {
  const auto essential = impl_->parts.essentials.find(call.name);
  if (essential != impl_->parts.essentials.end())
    return impl_->call_essential(essential->second, {std::move(call), std::move(done)});
  const auto labourer = impl_->parts.labourers.find(call.name);
  if (labourer == impl_->parts.labourers.end()) return done(failure("no function has the name " + call.name));
  if (labourer->second.remote && !labourer->second.arn.empty())
    return done(refusal(fmt::format("{} runs on AWS Lambda: call it there", call.name)));
  impl_->call_labourer(labourer->second, {std::move(call), std::move(done)});
}

std::int64_t LocalFunctions::take_slots(const Labourer& labourer, std::int64_t slots) {
  return impl_->take_slots(labourer, slots);
}

bool LocalFunctions::withdraw(const std::string& name, const std::string& request_id) {
  return impl_->withdraw(name, request_id);
}

void LocalFunctions::stop() { impl_->stop(); }

}  // namespace sosw
