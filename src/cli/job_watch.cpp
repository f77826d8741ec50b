#include "cli/job_watch.h"

#include <algorithm>
#include <utility>

namespace sosw {

JobWatch::JobWatch(JobStore& jobs, TaskStore& tasks, const Settings& settings)
    : jobs_(jobs), tasks_(tasks), settings_(settings) {}

void JobWatch::add(const std::string& job_id) {
  if (std::ranges::find(job_ids_, job_id) == job_ids_.end()) job_ids_.push_back(job_id);
}

std::vector<Job> JobWatch::jobs() const {
  std::vector<Job> found;
  for (const std::string& id : job_ids_)
    if (auto job = jobs_.find_job(id)) found.push_back(std::move(*job));
  return found;
}

JobsSnapshot JobWatch::look(Time now) const {
  JobsSnapshot snapshot{.progress = {.total = 0}, .finished = true};
  for (const Job& job : jobs()) {
    JobProgress& sum = snapshot.progress;
    sum.scheduled += job.progress.scheduled;
    sum.completed += job.progress.completed;
    sum.dead += job.progress.dead;
    sum.cancelled += job.progress.cancelled;
    sum.total =
        sum.total && job.progress.total ? std::optional(*sum.total + *job.progress.total) : std::nullopt;
    if (job.progress.finished()) continue;
    snapshot.finished = false;
    snapshot.labourers.insert(job.labourer_id);
  }
  for (const std::string& id : snapshot.labourers) {
    const auto labourer = settings_.labourers.find(id);
    if (labourer == settings_.labourers.end()) continue;
    const TaskCounts counts = tasks_.count(id, now, labourer->second.attempt_timeout());
    snapshot.running += counts.running;
    snapshot.retrying += counts.waiting;
  }
  return snapshot;
}

}  // namespace sosw
