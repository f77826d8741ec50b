#include "runners/runtime/runtime_work.h"

#include <algorithm>
#include <utility>

#include "model/function_arn.h"
#include "runners/runtime/lambda_error.h"

namespace sosw {
namespace {

std::string arn_of(const Invocation& invocation, const RuntimeOptions& options) {
  if (!invocation.arn.empty()) return invocation.arn;
  const Labourer& labourer = *invocation.labourer;
  return labourer.arn.empty() ? local_function_arn(options.region, labourer.id) : labourer.arn;
}

}  // namespace

std::chrono::steady_clock::duration to_duration(Seconds seconds) {
  constexpr Seconds kForever = 1e8;
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, kForever)));
}

RuntimeWork::RuntimeWork(Invocation invocation, std::uint64_t number, const RuntimeOptions& options)
    : task(std::move(invocation.task)),
      event(std::move(invocation.event)),
      arn(arn_of(invocation, options)),
      client_context(std::move(invocation.client_context)),
      request_id(request_id_of(task, number)),
      duration(invocation.labourer->duration),
      cooldown(invocation.labourer->cooldown) {}

void RuntimeWork::begin(Clock::time_point now) {
  began = now;
  deadline = std::min(now, accepted + to_duration(cooldown / 2)) + to_duration(duration);
}

Outcome RuntimeWork::succeeded(std::string result) && {
  return {.task = std::move(task),
          .succeeded = true,
          .result = std::move(result),
          .took = std::chrono::duration<double>(Clock::now() - began).count()};
}

Outcome RuntimeWork::failed(std::string reason, bool interrupted) && {
  return {.task = std::move(task),
          .reason = std::move(reason),
          .took = std::chrono::duration<double>(Clock::now() - began).count(),
          .interrupted = interrupted};
}

}  // namespace sosw
