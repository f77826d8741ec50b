// Ledger: jobs, and how their tasks come to be.

#include <algorithm>

#include "sosw/model/task_id.h"

#include "job/chunker.h"
#include "simulation/ledger/ledger.h"
#include "text/json.h"

namespace sosw::simulation {
namespace {

/// All payloads of a job, cut in one go.
std::vector<std::string> chunk(const Job& job) {
  Chunker chunker(JsonText(job.document), JobSchema::from_json(job.schema), job.today, job.labourer_id);
  std::vector<std::string> payloads;
  std::string payload;
  while (chunker.next_payload(payload)) payloads.push_back(payload);
  return payloads;
}

}  // namespace

JobEntry& Ledger::known_job(const std::string& job_id) {
  const auto found = job_index_.find(job_id);
  if (found == job_index_.end()) broken(Promise::I9, "job " + job_id + " was never accepted");
  return jobs_[found->second];
}

void Ledger::accepted(const Job& asked, const Job& stored) {
  ++changes_;
  if (stored.job_id != asked.job_id)
    broken(Promise::I9, "job " + asked.job_id + " was accepted as " + stored.job_id);
  const auto [it, is_new] = job_index_.try_emplace(stored.job_id, jobs_.size());
  if (is_new) {
    JobEntry entry;
    entry.job = asked;
    entry.payloads = chunk(asked);
    jobs_.push_back(std::move(entry));
    world_.coverage().note(Happened::job_accepted);
  } else {
    world_.coverage().note(Happened::job_known);
  }
  const Job& first = jobs_[it->second].job;
  if (stored.document != first.document || stored.today != first.today || stored.schema != first.schema ||
      stored.labourer_id != first.labourer_id || stored.created_at != first.created_at)
    broken(Promise::I9, "job " + stored.job_id + " is stored otherwise than it was first accepted");
}

void Ledger::appended(const Job& job, std::int64_t first_index, std::size_t payloads, std::int64_t cursor,
                      Time now) {
  ++changes_;
  JobEntry& entry = known_job(job.job_id);
  const auto written = std::ssize(entry.tasks);
  const bool ours = first_index == written && !entry.total;
  const std::int64_t expected = ours ? written + static_cast<std::int64_t>(payloads) : written;
  const auto stored = truth_.jobs.find_job(job.job_id);
  if (!stored) broken(Promise::I9, "job " + job.job_id + " is gone");
  if (cursor != expected || stored->progress.scheduled != expected)
    broken(Promise::I9,
           fmt::format("job {}: {} tasks from place {} were written behind {}, but the cursor stands at {} "
                       "(answered: {})",
                       job.job_id, payloads, first_index, written, stored->progress.scheduled, cursor));
  if (expected > std::ssize(entry.payloads))
    broken(Promise::I9, fmt::format("job {} has {} tasks, but {} were written", job.job_id,
                                    entry.payloads.size(), expected));
  if (stored->progress.total && !entry.total && *stored->progress.total != std::ssize(entry.payloads))
    broken(Promise::I9, fmt::format("job {} is said to be wholly cut after {} of its {} tasks", job.job_id,
                                    *stored->progress.total, entry.payloads.size()));
  for (std::int64_t index = written; index < expected; ++index) write_task(entry, index, now);
  if (!ours) world_.coverage().note(Happened::append_lost_race);
  if (ours) entry.total = stored->progress.total;
}

void Ledger::write_task(JobEntry& job, std::int64_t index, Time now) {
  TaskEntry& entry = entries_.emplace_back();
  entry.id = task_id(job.job.job_id, index);
  entry.job = job_index_.at(job.job.job_id);
  entry.index = index;
  if (!tasks_.try_emplace(entry.id, &entry).second) broken(Promise::I9, "task " + entry.id + " exists twice");
  job.tasks.push_back(&entry);
  ++open_tasks_;
  const bool waits = job.job.run_at && *job.job.run_at > now;
  entry.status = waits ? TaskStatus::waiting : TaskStatus::queued;
  entry.due = waits ? *job.job.run_at : Time();
  world_.coverage().note(waits ? Happened::written_to_wait : Happened::written_to_queue);
  happened(entry, TaskAction::created);
  if (!waits) adopt_position(entry);
  verify(entry);
}

void Ledger::job_cancelled(const std::string& job_id, std::optional<std::int64_t> answer, Time now) {
  ++changes_;
  if (!answer) return;
  JobEntry& job = known_job(job_id);
  world_.coverage().note(Happened::job_cancelled);
  if (!job.total) {
    job.stopped = true;
    job.total = std::ssize(job.tasks);
  }
  std::int64_t cancelled = 0;
  for (TaskEntry* entry : job.tasks) {
    if (!entry->completed && (entry->status == TaskStatus::queued || entry->status == TaskStatus::waiting)) {
      close(*entry, TaskRecord::Closed::cancelled, now);
      ++cancelled;
    }
    verify(*entry);
  }
  if (cancelled != *answer)
    broken(Promise::I2, fmt::format("job {}: {} of its tasks were cancelled, the answer was {}", job_id,
                                    cancelled, *answer));
}

void Ledger::notifications_claimed(const std::vector<Job>& taken, Time now, Time until) {
  ++changes_;
  for (const Job& job : taken) {
    JobEntry& entry = known_job(job.job_id);
    world_.coverage().note(Happened::notification_claimed);
    if (!entry.finished())
      broken(Promise::notifications,
             fmt::format("job {} is to be announced when {} of its {} tasks are closed", job.job_id,
                         entry.closed(), entry.payloads.size()));
    if (job.progress.completed != entry.completed || job.progress.dead != entry.dead ||
        job.progress.cancelled != entry.cancelled)
      broken(Promise::notifications, "job " + job.job_id + " is announced with wrong numbers");
    if (entry.job.on_complete.empty() || entry.notified)
      broken(Promise::notifications, "job " + job.job_id + " has nothing to announce");
    if (now < entry.taken_until)
      broken(Promise::timing, "job " + job.job_id + " was handed to two announcers at once");
    entry.taken_until = until;
  }
}

void Ledger::delivered(const std::string& job_id) {
  JobEntry& job = known_job(job_id);
  if (job.taken_until == Time())
    broken(Promise::notifications, "job " + job_id + " was announced without having been taken");
  ++job.deliveries;
  world_.coverage().note(Happened::notification_delivered);
}

bool Ledger::was_delivered(const JobEntry& job) const {
  const Json to = Json::parse(job.job.on_complete);
  if (!to.contains("labourer")) return job.deliveries > 0;
  const std::string key = to["labourer"].get<std::string>() + "\non_complete of " + job.job.job_id;
  return job_index_.contains(job_id_from_key(key));
}

void Ledger::notified(const std::string& job_id) {
  ++changes_;
  JobEntry& job = known_job(job_id);
  if (!was_delivered(job))
    broken(Promise::notifications, "job " + job_id + " counts as announced, but nobody heard of it");
  job.notified = true;
}

}  // namespace sosw::simulation
