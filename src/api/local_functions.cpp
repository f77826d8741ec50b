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

/// "ValueError: not today" names its type; another text doesn't.
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
  struct Line {
    std::optional<std::int64_t> places = std::nullopt;  // as they were last told
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
    parts.outcomes.divert([this](const Outcome& outcome) { return take(outcome); });
  }
  ~Impl() { parts.outcomes.divert(nullptr); }

  void call_essential(const Essential&, Call);
  void call_labourer(const Labourer&, Call);
  std::int64_t take_places(const Labourer&, std::optional<std::int64_t> told);
  Call taken_from(Line&);
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
  std::size_t waiting_bytes = 0;                                               // of events of all lines
  std::unordered_map<std::string, Line> lines;                                 // by labourer
  std::unordered_map<std::string, std::function<void(CallResult)>> under_way;  // by task id
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
    Line& line = lines[labourer.id];
    const std::size_t waiting = line.waiting.size();
    const std::size_t bytes = call.call.event.size();
    if (stopped || waiting >= kMostWaiting || waiting_bytes + bytes > kMostWaitingBytes) {
      const std::string why =
          stopped ? kStopped : fmt::format("{} calls of {} wait already", waiting, labourer.id);
      lock.unlock();
      return call.done(refusal(why));
    }
    waiting_bytes += bytes;
    line.waiting.push_back(std::move(call));
  }
  parts.on_engine([this, &labourer] { take_places(labourer, std::nullopt); });
}

std::int64_t LocalFunctions::Impl::take_places(const Labourer& labourer, std::optional<std::int64_t> told) {
  std::vector<Call> starting;
  std::deque<Call> hopeless;
  std::int64_t taken = 0;
  {
    const std::lock_guard lock(mutex);
    Line& line = lines[labourer.id];
    if (told) line.places = told;
    const std::int64_t places = line.places.value_or(labourer.max_simultaneous_invocations);
    while (!line.waiting.empty() && line.running + parts.tasks_under_way(labourer.id) < places) {
      ++line.running;
      starting.push_back(taken_from(line));
    }
    while (places <= 0 && !line.waiting.empty()) hopeless.push_back(taken_from(line));
    taken = line.running + static_cast<std::int64_t>(line.waiting.size());
  }
  for (Call& call : starting) start(labourer, std::move(call));
  for (const Call& call : hopeless) call.done(refusal(fmt::format("the limit of {} is 0", labourer.id)));
  return taken;
}

LocalFunctions::Impl::Call LocalFunctions::Impl::taken_from(Line& line) {
  Call call = std::move(line.waiting.front());
  line.waiting.pop_front();
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
    under_way.emplace(id, std::move(call.done));
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
  std::optional<Call> withdrawn;  // its end, which may call others, is outside of the lock
  const std::lock_guard lock(mutex);
  const auto line = lines.find(name);
  if (line == lines.end()) return false;
  auto& waiting = line->second.waiting;
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
    for (auto& [id, line] : lines)
      while (!line.waiting.empty()) waiting.push_back(taken_from(line));
  }
  for (const Call& call : waiting) call.done(refusal(kStopped));
}

/// An outcome that is no task's but of a call ends it.
bool LocalFunctions::Impl::take(const Outcome& outcome) {
  {
    const std::lock_guard lock(mutex);
    if (!under_way.contains(outcome.task.task_id)) return false;
  }
  end(outcome.task.labourer_id, outcome.task.task_id, result_of(outcome));
  return true;
}

void LocalFunctions::Impl::end(const std::string& labourer_id, const std::string& id, CallResult result) {
  std::function<void(CallResult)> done;
  {
    const std::lock_guard lock(mutex);
    done = std::move(under_way.extract(id).mapped());
    --lines[labourer_id].running;
  }
  done(std::move(result));
  if (const auto labourer = parts.labourers.find(labourer_id); labourer != parts.labourers.end())
    parts.on_engine([this, &labourer = labourer->second] { take_places(labourer, std::nullopt); });
  parts.look_after(labourer_id);
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
  if (labourer->second.elsewhere && !labourer->second.arn.empty())
    return done(refusal(fmt::format("{} runs on AWS Lambda: call it there", call.name)));
  impl_->call_labourer(labourer->second, {std::move(call), std::move(done)});
}

std::int64_t LocalFunctions::take_places(const Labourer& labourer, std::int64_t places) {
  return impl_->take_places(labourer, places);
}

bool LocalFunctions::withdraw(const std::string& name, const std::string& request_id) {
  return impl_->withdraw(name, request_id);
}

void LocalFunctions::stop() { impl_->stop(); }

}  // namespace sosw
