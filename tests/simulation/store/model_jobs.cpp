// ModelStore: JobStore.

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "simulation/store/model_store.h"

namespace sosw::simulation {

Job ModelStore::accept(const Job& job) {
  StoredJob stored{job, job.on_complete.empty() ? std::nullopt : std::optional(Time())};
  stored.job.progress = {};
  return jobs_.try_emplace(job.job_id, std::move(stored)).first->second.job;
}

AcceptedJob ModelStore::accept_with_tasks(const Job& job, std::span<const std::string> payloads, bool last,
                                          Time now) {
  if (const auto known = find_job(job.job_id)) return {*known};
  accept(job);
  append(job, 0, payloads, last, now);
  return {*find_job(job.job_id), true};
}

std::int64_t ModelStore::append(const Job& job, std::int64_t first_index,
                                std::span<const std::string> payloads, bool last, Time now) {
  const auto found = jobs_.find(job.job_id);
  if (found == jobs_.end())
    throw StoreError(fmt::format("job {} was never accepted by this store", job.job_id));
  JobProgress& progress = found->second.job.progress;
  if (!progress.can_append_at(first_index)) return progress.scheduled;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    Row row;
    row.priority = job.priority;
    row.record = new_task(job, first_index + static_cast<std::int64_t>(i), payloads[i],
                          next_end_position(job.labourer_id, job.priority), now);
    put(row);
  }
  progress.append(std::ssize(payloads), last);
  return progress.scheduled;
}

std::vector<Job> ModelStore::unfinished() {
  std::vector<Job> jobs;
  for (const auto& [id, stored] : jobs_)
    if (!stored.job.progress.total) jobs.push_back(stored.job);
  std::ranges::stable_sort(jobs, {}, &Job::created_at);
  return jobs;
}

std::optional<Job> ModelStore::find_job(const std::string& job_id) {
  const auto found = jobs_.find(job_id);
  return found == jobs_.end() ? std::nullopt : std::optional(found->second.job);
}

std::vector<Job> ModelStore::list_jobs(std::size_t at_most) {
  std::vector<Job> jobs;
  for (const auto& [id, stored] : jobs_) jobs.push_back(stored.job);
  std::ranges::sort(jobs, [](const Job& a, const Job& b) {
    return std::tie(a.created_at, a.job_id) > std::tie(b.created_at, b.job_id);
  });
  if (jobs.size() > at_most) jobs.resize(at_most);
  return jobs;
}

std::optional<std::int64_t> ModelStore::cancel_job(const std::string& job_id, Time now) {
  const auto found = jobs_.find(job_id);
  if (found == jobs_.end()) return std::nullopt;
  JobProgress& progress = found->second.job.progress;
  progress.stop();
  std::int64_t cancelled = 0;
  for (std::int64_t index = 0; index < progress.scheduled; ++index)
    cancelled += cancel_one(task_id(job_id, index), now);
  return cancelled;
}

std::vector<Job> ModelStore::claim_notifications(Time now, Time until, std::size_t at_most) {
  std::vector<Job> taken;
  for (auto& [id, stored] : jobs_) {
    if (taken.size() == at_most) break;
    if (!stored.notify_after || *stored.notify_after > now || !stored.job.progress.finished()) continue;
    stored.notify_after = until;
    taken.push_back(stored.job);
  }
  return taken;
}

void ModelStore::notified(const std::string& job_id) {
  if (const auto found = jobs_.find(job_id); found != jobs_.end()) found->second.notify_after.reset();
}

Job* ModelStore::job_of(const std::string& task_id) {
  const auto job_id = job_id_of(task_id);
  const auto found = job_id ? jobs_.find(*job_id) : jobs_.end();
  return found == jobs_.end() ? nullptr : &found->second.job;
}

}  // namespace sosw::simulation
