#include "sosw/essentials/announcements.h"

#include <spdlog/spdlog.h>

#include "sosw/essentials/json.h"
#include "sosw/model/errors.h"

namespace sosw {
namespace {

constexpr Seconds kPatience = 60;  // before an announcement that did not get through is made again

Json summary_of(const Job& job) {
  return {{"job_id", job.job_id},
          {"labourer", job.labourer_id},
          {"total", job.progress.total.value_or(job.progress.scheduled)},
          {"completed", job.progress.completed},
          {"dead", job.progress.dead},
          {"cancelled", job.progress.cancelled}};
}

}  // namespace

Announcements::Announcements(JobStore& jobs, Scheduler& scheduler, Messenger& messenger, Clock& clock)
    : jobs_(jobs), scheduler_(scheduler), messenger_(messenger), clock_(clock) {}

int Announcements::run() {
  int made = 0;
  const Time now = clock_.now();
  for (const Job& job : jobs_.take_announcements(now, now + kPatience)) {
    try {
      announce(job);
      jobs_.announced(job.job_id);
      ++made;
    } catch (const std::exception& error) {
      spdlog::warn("job {}: on_complete did not get through, next try in {} s: {}", job.job_id, kPatience,
                   error.what());
    }
  }
  return made;
}

void Announcements::announce(const Job& job) {
  using enum Messenger::Kind;
  const Json to = Json::parse(job.on_complete);
  const Json summary = summary_of(job);
  std::string problem;
  if (to.contains("webhook")) {
    problem = messenger_.deliver(webhook, to["webhook"].get<std::string>(), summary.dump());
  } else if (to.contains("topic")) {
    problem = messenger_.deliver(topic, to["topic"].get<std::string>(), summary.dump());
  } else {
    // The key makes a repeated announcement the same job.
    const Json call = {{"lambda_name", to.at("labourer")},
                       {"idempotency_key", "on_complete of " + job.job_id},
                       {"completed_job", summary}};
    scheduler_.accept(call.dump());
  }
  if (!problem.empty()) throw Error(problem);
}

}  // namespace sosw
