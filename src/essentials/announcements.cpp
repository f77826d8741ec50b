#include "essentials/announcements.h"

#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "text/json.h"

namespace sosw {
namespace {

constexpr Seconds kPatience = 60;         // before an announcement that did not get through is made again
constexpr std::size_t kToldAtOnce = 100;  // jobs

Json summary_of(const Job& job) {
  return {{"job_id", job.job_id},
          {"labourer", job.labourer_id},
          {"total", job.progress.total.value_or(job.progress.scheduled)},
          {"completed", job.progress.completed},
          {"dead", job.progress.dead},
          {"cancelled", job.progress.cancelled}};
}

/// Makes a repeated announcement the same job.
std::string follow_up_key(const Job& job) { return "on_complete of " + job.job_id; }

void complain(const Job& job, const std::string& why) {
  spdlog::warn("job {}: on_complete did not get through, to be tried again after {} s: {}", job.job_id,
               kPatience, why);
}

/// The message that on_complete asks for; nothing when it asks for a labourer's call.
std::optional<Message> message_of(const Job& job, const Json& on_complete) {
  using enum Message::Kind;
  for (const auto& [name, kind] : {std::pair("webhook", webhook), std::pair("topic", topic)})
    if (on_complete.contains(name))
      return Message{kind, on_complete[name].get<std::string>(), summary_of(job).dump()};
  return std::nullopt;
}

}  // namespace

Announcements::Announcements(JobStore& jobs, Scheduler& scheduler, Messenger& messenger, Clock& clock)
    : jobs_(jobs), scheduler_(scheduler), messenger_(messenger), clock_(clock) {}

int Announcements::run() {
  int made = 0;
  const Time began = clock_.now();  // what does not get through now is not taken again in this run
  for (;;) {
    const std::vector<Job> jobs = jobs_.take_announcements(began, clock_.now() + kPatience, kToldAtOnce);
    made += announce(jobs);
    if (jobs.size() < kToldAtOnce) return made;
  }
}

int Announcements::announce(const std::vector<Job>& jobs) {
  int made = 0;
  std::vector<Message> messages;
  std::vector<const Job*> told;
  for (const Job& job : jobs) try {
      const Json on_complete = Json::parse(job.on_complete);
      if (auto message = message_of(job, on_complete)) {
        messages.push_back(std::move(*message));
        told.push_back(&job);
      } else {
        call_labourer(job, on_complete.at("labourer").get<std::string>());
        ++made;
      }
    } catch (const std::exception& error) {
      complain(job, error.what());
    }
  if (messages.empty()) return made;
  const std::vector<std::string> problems = messenger_.deliver(messages);
  for (std::size_t i = 0; i < told.size(); ++i) try {
      if (!problems[i].empty()) throw Error(problems[i]);
      jobs_.announced(told[i]->job_id);
      ++made;
    } catch (const Error& error) {
      complain(*told[i], error.what());
    }
  return made;
}

void Announcements::call_labourer(const Job& job, const std::string& labourer_id) {
  const Json call = {{"lambda_name", labourer_id},
                     {"idempotency_key", follow_up_key(job)},
                     {"completed_job", summary_of(job)}};
  scheduler_.accept(call.dump());
  jobs_.announced(job.job_id);
}

std::optional<std::string> follow_up_of(const Job& job) {
  const auto labourer_id = labourer_called_by(job.on_complete);
  return labourer_id ? std::optional(keyed_job_id(*labourer_id, follow_up_key(job))) : std::nullopt;
}

}  // namespace sosw
