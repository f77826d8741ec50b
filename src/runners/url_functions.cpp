#include "runners/url_functions.h"

#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "http/client/posts.h"
#include "runners/process/worker_result.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kShown = 300;  // bytes of an answer in a reason

std::string reason_of(const PostAnswer& answer) {
  if (answer.status >= 300 && answer.status < 400)
    return fmt::format("answered {}; redirects are not followed, give the URL that it leads to",
                       answer.status);
  const std::string body = readable_line(answer.body, kShown);
  return body.empty() ? fmt::format("answered {}", answer.status)
                      : fmt::format("answered {}: {}", answer.status, body);
}

/// Without possible secrets: user:password@ and the query.
std::string shown(std::string url) {
  url.resize(std::min(url.find('?'), url.size()));
  const std::size_t host = url.find("://") + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::size_t at = url.rfind('@', path);
  return at == std::string::npos || at < host ? url : url.substr(0, host) + url.substr(at + 1);
}

Outcome outcome_of(Task task, const std::string& url, const PostAnswer& answer) {
  Outcome outcome{.task = std::move(task)};
  if (answer.kind != PostAnswer::Kind::answered) {
    outcome.refused = answer.kind == PostAnswer::Kind::not_sent;
    outcome.reason = fmt::format("{}: {}", shown(url), answer.problem);
  } else if (answer.status < 200 || answer.status >= 300) {
    outcome.reason = reason_of(answer);
  } else {
    const WorkerResult result = worker_result(answer.body);
    outcome.succeeded = result.problem.empty();
    outcome.result = result.json;
    outcome.reason = result.problem;
  }
  return outcome;
}

}  // namespace

struct UrlFunctions::Impl {
  Post post_for(Invocation& invocation, const std::string& url) {
    const Task& task = invocation.task;
    const Labourer& labourer = *invocation.labourer;
    const Time deadline = clock.now() + labourer.duration;
    return {.url = url,
            .headers = {{"X-Sosw-Task-Id", task.task_id},
                        {"X-Sosw-Labourer-Id", labourer.id},
                        {"X-Sosw-Attempt", std::to_string(task.attempts + 1)},
                        {"X-Sosw-Deadline-Ms", std::to_string(std::llround(deadline.since_epoch() * 1000))}},
            .json = std::move(invocation.event),
            .timeout = labourer.duration};
  }

  Dispatch invoke(Invocation invocation) {
    const auto url = urls.find(invocation.labourer->id);
    if (url == urls.end()) return {Dispatch::Kind::failed, "there is no URL for " + invocation.labourer->id};
    Post post = post_for(invocation, url->second);
    const bool taken =
        posts.send(std::move(post), [this, task = std::move(invocation.task), &url = url->second,
                                     began = SteadyClock::now()](const PostAnswer& answer) mutable {
          Outcome outcome = outcome_of(std::move(task), url, answer);
          outcome.took = std::chrono::duration<double>(SteadyClock::now() - began).count();
          outcomes.put(std::move(outcome));
        });
    return taken ? Dispatch{} : Dispatch{Dispatch::Kind::refused, "sosw is stopping"};
  }

  Outcomes& outcomes;
  Clock& clock;
  std::map<std::string, std::string> urls;
  Posts posts;
};

UrlFunctions::UrlFunctions(Outcomes& outcomes, Clock& clock, std::map<std::string, std::string> urls)
    : impl_(new Impl{outcomes, clock, std::move(urls), {}}) {}

UrlFunctions::~UrlFunctions() = default;

std::vector<Dispatch> UrlFunctions::invoke(std::vector<Invocation> invocations) {
  std::vector<Dispatch> dispatches;
  dispatches.reserve(invocations.size());
  for (Invocation& invocation : invocations) dispatches.push_back(impl_->invoke(std::move(invocation)));
  return dispatches;
}

void UrlFunctions::stop(Seconds grace) { impl_->posts.stop(grace); }

}  // namespace sosw
