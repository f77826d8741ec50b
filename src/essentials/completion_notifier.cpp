#include "essentials/completion_notifier.h"

#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "job/on_complete.h"
#include "text/json.h"

namespace sosw {
namespace {

constexpr Seconds kRetryAfter = 60;       // after a failed notification
constexpr std::size_t kToldAtOnce = 100;  // jobs

Json summary_of(const Job& job) {
  return {{"job_id", job.job_id},
          {"labourer", job.labourer_id},
          {"total", job.progress.total.value_or(job.progress.scheduled)},
          {"completed", job.progress.completed},
          {"dead", job.progress.dead},
          {"cancelled", job.progress.cancelled}};
}

/// Makes a repeated notification the same job.
std::string follow_up_key(const Job& job) { return "on_complete of " + job.job_id; }

void log_failure(const Job& job, const std::string& why) {
  spdlog::warn("job {}: on_complete did not get through, to be tried again after {} s: {}", job.job_id,
               kRetryAfter, why);
}

/// The message for a topic or webhook.
Message message_of(const Job& job, const OnComplete& on_complete) {
  const bool is_webhook = on_complete.kind == OnComplete::Kind::webhook;
  return {is_webhook ? Message::Kind::webhook : Message::Kind::topic, on_complete.target,
          summary_of(job).dump()};
}

}  // namespace

CompletionNotifier::CompletionNotifier(JobStore& jobs, Scheduler& scheduler, Messenger& messenger,
                                       Clock& clock)
    : jobs_(jobs), scheduler_(scheduler), messenger_(messenger), clock_(clock) {}

int CompletionNotifier::run() {
  int made = 0;
  const Time began = clock_.now();  // a failed notification is not retried in this run
  for (;;) {
    const std::vector<Job> jobs = jobs_.claim_notifications(began, clock_.now() + kRetryAfter, kToldAtOnce);
    made += notify(jobs);
    if (jobs.size() < kToldAtOnce) return made;
  }
}

int CompletionNotifier::notify(const std::vector<Job>& jobs) {
  int made = 0;
  std::vector<Message> messages;
  std::vector<const Job*> told;
  for (const Job& job : jobs) try {
      const OnComplete on_complete = OnComplete::from_store(job.on_complete).value();
      if (on_complete.kind == OnComplete::Kind::labourer) {
        call_labourer(job, on_complete.target);
        ++made;
      } else {
        messages.push_back(message_of(job, on_complete));
        told.push_back(&job);
      }
    } catch (const std::exception& error) {
      log_failure(job, error.what());
    }
  if (messages.empty()) return made;
  const std::vector<std::string> problems = messenger_.deliver(messages);
  for (std::size_t i = 0; i < told.size(); ++i) try {
      if (!problems[i].empty()) throw Error(problems[i]);
      jobs_.notified(told[i]->job_id);
      ++made;
    } catch (const Error& error) {
      log_failure(*told[i], error.what());
    }
  return made;
}

void CompletionNotifier::call_labourer(const Job& job, const std::string& labourer_id) {
  const Json call = {{"lambda_name", labourer_id},
                     {"idempotency_key", follow_up_key(job)},
                     {"completed_job", summary_of(job)}};
  scheduler_.accept(call.dump());
  jobs_.notified(job.job_id);
}

std::optional<std::string> follow_up_of(const Job& job) {
  const auto on_complete = OnComplete::from_store(job.on_complete);
  const auto labourer_id = on_complete ? on_complete->labourer_id() : std::nullopt;
  return labourer_id ? std::optional(keyed_job_id(*labourer_id, follow_up_key(job))) : std::nullopt;
}

}  // namespace sosw
