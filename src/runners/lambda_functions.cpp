#include "runners/lambda_functions.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace sosw::aws {
namespace {

constexpr std::size_t kLargestEvent = 1 << 20;  // bytes, of an asynchronous call
constexpr Seconds kTimeout = 10;                // Lambda only queues the event

/// The orchestrator handles throttles; the second attempt is for expired credentials.
constexpr int kInvokeAttempts = 2;

/// Whether Lambda would reject this event each time.
bool is_about_the_event(const AwsError& error) {
  constexpr std::array<std::string_view, 4> codes = {
      "RequestTooLargeException", "RequestEntityTooLargeException", "InvalidRequestContentException",
      "UnsupportedMediaTypeException"};
  return error.status == 413 || std::ranges::find(codes, error.code) != codes.end();
}

Dispatch dispatch_of(const Result<LambdaAnswer>& result) {
  if (!result.error) return {};
  const AwsError& error = *result.error;
  if (error.maybe_done && error.status < 500) return {Dispatch::Kind::unknown, error.what()};
  return {is_about_the_event(error) ? Dispatch::Kind::failed : Dispatch::Kind::refused, error.what()};
}

}  // namespace

LambdaFunctions::LambdaFunctions(Session& session)
    : credentials_(session.credentials()), lambda_(session.caller(kLambda, kInvokeAttempts)) {}

std::vector<Dispatch> LambdaFunctions::invoke(std::vector<Invocation> invocations) {
  std::vector<Dispatch> dispatches(invocations.size());
  std::vector<LambdaInvoke> calls;
  std::vector<std::size_t> indexes;  // of the invocations that are called
  for (std::size_t i = 0; i < invocations.size(); ++i) {
    Invocation& invocation = invocations[i];
    if (invocation.event.size() > kLargestEvent) {
      dispatches[i] = {Dispatch::Kind::failed,
                       fmt::format("the event has {} bytes; Lambda takes {} at most in an asynchronous call",
                                   invocation.event.size(), kLargestEvent)};
      continue;
    }
    indexes.push_back(i);
    calls.push_back(
        {.function = invocation.labourer->arn, .payload = std::move(invocation.event), .timeout = kTimeout});
  }
  const std::lock_guard lock(mutex_);
  Dispatch::Kind if_nothing_works = Dispatch::Kind::refused;
  try {
    credentials_.get();
    if_nothing_works = Dispatch::Kind::unknown;  // from here on calls are sent
    const std::vector<Result<LambdaAnswer>> results = lambda_.invoke(calls);
    for (std::size_t k = 0; k < indexes.size(); ++k) dispatches[indexes[k]] = dispatch_of(results[k]);
  } catch (const Error& error) {
    for (const std::size_t i : indexes) dispatches[i] = {if_nothing_works, error.what()};
  }
  return dispatches;
}

std::optional<Seconds> LambdaFunctions::timeout_of(const Labourer& labourer) {
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = timeouts_.try_emplace(labourer.arn);
  if (!is_new) return known->second;
  try {
    if (const Seconds timeout = lambda_.configuration(labourer.arn).timeout; timeout > 0)
      known->second = timeout;
  } catch (const Error& error) {
    spdlog::warn("labourer {}: its timeout can't be read, {} s are assumed: {}", labourer.id,
                 labourer.duration, error.what());
  }
  return known->second;
}

}  // namespace sosw::aws
