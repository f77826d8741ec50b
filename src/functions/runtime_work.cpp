#include "functions/runtime_work.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sosw {
namespace {

/// Only the last part differs between the attempts of a task. A call that is no task has no token: its id is
/// the request's already.
std::string request_id_of(const Task& task, std::uint64_t number) {
  std::string digits = task.task_id;
  digits.resize(32, '0');
  if (!task.token.empty()) digits.replace(20, 12, fmt::format("{:012x}", number & 0xffff'ffff'ffff));
  const std::string_view all = digits;
  return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4),
                     all.substr(16, 4), all.substr(20));
}

std::string arn_of(const Labourer& labourer, const RuntimeOptions& options) {
  if (!labourer.arn.empty()) return labourer.arn;
  return fmt::format("arn:aws:lambda:{}:000000000000:function:{}", options.region, labourer.id);
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
      arn(arn_of(*invocation.labourer, options)),
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

Outcome RuntimeWork::failed(std::string reason, bool cut) && {
  return {.task = std::move(task),
          .reason = std::move(reason),
          .took = std::chrono::duration<double>(Clock::now() - began).count(),
          .cut = cut};
}

}  // namespace sosw
