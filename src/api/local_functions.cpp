#include "sosw/api/local_functions.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

constexpr std::size_t kMostWaiting = 1000;  // calls of one labourer

std::string arn_of(const std::string& name) {
  return "arn:aws:lambda:us-east-1:000000000000:function:" + name;
}

std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

CallResult refusal(const std::string& why) {
  return {CallResult::Kind::refused, text_of({{"errorMessage", why}})};
}

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
  CallResult result =
      outcome.succeeded ? CallResult{CallResult::Kind::succeeded, outcome.result} : failure(outcome.reason);
  result.log = outcome.log;
  return result;
}

}  // namespace

struct LocalFunctions::Impl {
  struct Call {
    std::string id;
    std::string event;
    std::function<void(CallResult)> done;
  };
  struct Line {
    int running = 0;
    std::deque<Call> waiting;
  };

  explicit Impl(Parts parts_) : parts(std::move(parts_)) {
    for (const auto& [name, essential] : parts.essentials)
      descriptions.push_back({name, arn_of(name), "an essential of sosw", 900, /*quick=*/true});
    for (const auto& [name, labourer] : parts.labourers)
      if (!parts.essentials.contains(name))
        descriptions.push_back(
            {name, labourer.arn.empty() ? arn_of(name) : labourer.arn, "a labourer", labourer.duration});
    std::ranges::sort(descriptions, {}, &FunctionDescription::name);
    parts.outcomes.divert([this](const Outcome& outcome) { return take(outcome); });
  }
  ~Impl() { parts.outcomes.divert(nullptr); }

  void call_essential(const Essential&, std::string event, std::function<void(CallResult)> done);
  void call_labourer(const Labourer&, Call);
  void start(const Labourer&, Call);
  bool take(const Outcome&);
  void end(const std::string& labourer_id, const std::string& id, CallResult);

  const Parts parts;
  std::vector<FunctionDescription> descriptions;
  std::mutex mutex;
  std::unordered_map<std::string, Line> lines;                                 // by labourer
  std::unordered_map<std::string, std::function<void(CallResult)>> under_way;  // by task id
};

void LocalFunctions::Impl::call_essential(const Essential& essential, std::string event,
                                          std::function<void(CallResult)> done) {
  parts.on_engine([&essential, event = std::move(event), done = std::move(done)] {
    CallResult result;
    try {
      result.json = essential(event);
    } catch (const StoreError& error) {
      result = refusal(error.what());  // so that clients try again
    } catch (const std::exception& error) {
      result = {CallResult::Kind::failed, text_of({{"errorType", "Error"}, {"errorMessage", error.what()}})};
    }
    done(std::move(result));
  });
}

void LocalFunctions::Impl::call_labourer(const Labourer& labourer, Call call) {
  {
    const std::lock_guard lock(mutex);
    Line& line = lines[labourer.id];
    if (line.running < labourer.max_simultaneous_invocations) {
      ++line.running;
    } else if (line.waiting.size() < kMostWaiting) {
      return line.waiting.push_back(std::move(call));
    } else {
      return call.done(refusal(fmt::format("{} calls of {} wait already", kMostWaiting, labourer.id)));
    }
  }
  start(labourer, std::move(call));
}

void LocalFunctions::Impl::start(const Labourer& labourer, Call call) {
  const std::string id = call.id;
  {
    const std::lock_guard lock(mutex);
    under_way.emplace(id, std::move(call.done));
  }
  std::vector<Invocation> one;
  one.push_back(
      {&labourer, {.task_id = id, .labourer_id = labourer.id, .payload = call.event}, std::move(call.event)});
  const Dispatch dispatch = parts.functions.invoke(std::move(one)).at(0);
  if (dispatch.kind == Dispatch::Kind::failed)
    end(labourer.id, id, failure(dispatch.problem));
  else if (dispatch.kind == Dispatch::Kind::refused)
    end(labourer.id, id, refusal(dispatch.problem));
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

/// Ends a call and starts the next of its line.
void LocalFunctions::Impl::end(const std::string& labourer_id, const std::string& id, CallResult result) {
  std::function<void(CallResult)> done;
  std::optional<Call> next;
  {
    const std::lock_guard lock(mutex);
    done = std::move(under_way.extract(id).mapped());
    Line& line = lines[labourer_id];
    if (line.waiting.empty()) {
      --line.running;
    } else {
      next = std::move(line.waiting.front());
      line.waiting.pop_front();
    }
  }
  done(std::move(result));
  if (next) start(parts.labourers.at(labourer_id), std::move(*next));
}

LocalFunctions::LocalFunctions(Parts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

LocalFunctions::~LocalFunctions() = default;

const std::vector<FunctionDescription>& LocalFunctions::descriptions() const { return impl_->descriptions; }

void LocalFunctions::call(const std::string& name, const std::string& request_id, std::string event,
                          std::function<void(CallResult)> done) {
  if (const auto essential = impl_->parts.essentials.find(name); essential != impl_->parts.essentials.end())
    return impl_->call_essential(essential->second, std::move(event), std::move(done));
  const auto labourer = impl_->parts.labourers.find(name);
  if (labourer == impl_->parts.labourers.end()) return done(failure("no function has the name " + name));
  std::string id = request_id;
  std::erase(id, '-');
  if (labourer->second.elsewhere && !labourer->second.arn.empty())
    return done(refusal(fmt::format("{} runs on AWS Lambda: call it there", name)));
  impl_->call_labourer(labourer->second, {std::move(id), std::move(event), std::move(done)});
}

}  // namespace sosw
