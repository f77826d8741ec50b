#include "essentials/scheduler.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "job/job_json.h"

namespace sosw {
namespace {

// Tasks per step: large enough for cheap commits, small enough to stay responsive.
constexpr std::int64_t kAppendedAtOnce = 1000;

Chunker chunker_of(const Job& job) {
  return {job_json(job.document), JobSchema::from_json(job.schema), job.today, job.labourer_id};
}

struct Batch {
  std::vector<std::string> payloads;
  bool last;
};

Batch next_batch(Chunker& chunker) {
  const std::int64_t left = chunker.count() - chunker.index();
  Batch batch{std::vector<std::string>(static_cast<std::size_t>(std::min(left, kAppendedAtOnce))),
              left <= kAppendedAtOnce};
  for (std::string& payload : batch.payloads) chunker.next_payload(payload);
  return batch;
}

bool is_chunked_alike(const Job& a, const Job& b) {
  return a.document == b.document && a.schema == b.schema && a.today == b.today &&
         a.labourer_id == b.labourer_id;
}

}  // namespace

Scheduler::Scheduler(const Settings& settings, JobStore& jobs, EventLog& events, Clock& clock, Random& random)
    : settings_(settings), jobs_(jobs), events_(events), clock_(clock), random_(random) {}

std::vector<AcceptedJob> Scheduler::accept(std::string_view event, std::string_view call) {
  std::vector<PlannedJob> planned = plan_jobs(job_json(event), settings_, clock_.now(), random_, call);
  for (const PlannedJob& one : planned)
    for (const std::string& warning : one.warnings) spdlog::warn("job {}: {}", one.job.job_id, warning);
  return accept(std::move(planned));
}

std::vector<AcceptedJob> Scheduler::accept(std::vector<PlannedJob> planned) {
  std::vector<AcceptedJob> accepted;
  for (PlannedJob& planned_job : planned) accepted.push_back(accept(std::move(planned_job)));
  return accepted;
}

AcceptedJob Scheduler::accept(PlannedJob planned_job) {
  const Batch first = next_batch(planned_job.chunker);
  const Time now = clock_.now();
  AcceptedJob stored = jobs_.accept_with_tasks(planned_job.job, first.payloads, first.last, now);
  if (stored.with_tasks) note_written(stored, 0, stored.progress.scheduled, now);
  if (stored.progress.total || is_active(stored.job_id)) return stored;
  // A known one may have been submitted with other content, and may be partly chunked.
  if (!is_chunked_alike(stored, planned_job.job)) planned_job.chunker = chunker_of(stored);
  planned_job.chunker.skip_to(stored.progress.scheduled);
  active_.push_back({stored, std::move(planned_job.chunker)});
  return stored;
}

bool Scheduler::is_active(const std::string& job_id) const {
  return std::ranges::any_of(active_,
                             [&](const PlannedJob& planned_job) { return planned_job.job.job_id == job_id; });
}

void Scheduler::resume() {
  for (Job& job : jobs_.unfinished()) {
    if (is_active(job.job_id)) continue;
    try {
      Chunker chunker = chunker_of(job);
      chunker.skip_to(job.progress.scheduled);
      active_.push_back({std::move(job), std::move(chunker)});
    } catch (const std::exception& error) {
      spdlog::error("job {} can't be cut any further; cancel it with `sosw cancel --job {}`: {}", job.job_id,
                    job.job_id, error.what());
    }
  }
}

void Scheduler::step() {
  if (active_.empty()) return;
  try {
    write_batch(active_.front());
  } catch (...) {
    std::rotate(active_.begin(), active_.begin() + 1, active_.end());  // let the others continue
    throw;
  }
}

std::set<std::string> Scheduler::take_updated() { return std::exchange(updated_, {}); }

void Scheduler::write_batch(PlannedJob& planned_job) {
  const std::int64_t first = planned_job.chunker.index();
  const Batch batch = next_batch(planned_job.chunker);
  const Time now = clock_.now();
  const std::int64_t cursor = jobs_.append(planned_job.job, first, batch.payloads, batch.last, now);
  if (cursor == planned_job.chunker.index()) {
    note_written(planned_job.job, first, cursor, now);
    if (batch.last) active_.pop_front();
    return;
  }
  // Another scheduler chunks the same job, or it was cancelled: continue from the store's cursor, or skip it.
  // One that is being written right now is skipped too: resume() finds it again if its writer dies.
  const auto stored = jobs_.find_job(planned_job.job.job_id);
  if (!stored || stored->progress.total || cursor == first)
    active_.pop_front();
  else
    planned_job.chunker.skip_to(cursor);
}

void Scheduler::note_written(const Job& job, std::int64_t first_index, std::int64_t end, Time now) {
  updated_.insert(job.labourer_id);
  std::vector<TaskEvent> created;
  created.reserve(static_cast<std::size_t>(end - first_index));
  for (std::int64_t index = first_index; index < end; ++index)
    created.push_back({task_id(job.job_id, index), job.labourer_id, TaskAction::created, now, ""});
  events_.record(created);
}

}  // namespace sosw
