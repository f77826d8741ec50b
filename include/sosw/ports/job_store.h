#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/job.h"
#include "sosw/model/job_filter.h"

namespace sosw {

/// What a store has under the id of a submitted job.
struct AcceptedJob : Job {
  bool with_tasks = false;  ///< it was new, and its first progress.scheduled tasks were written with it
};

/// Jobs, and the only way to create tasks. Same threading and crash rules as TaskStore.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Accepts a job, durably, before any of its tasks. Returns what is stored under its id: the job given, or
  /// the one that an earlier call with the same id stored (same idempotency key, or a repeated call).
  virtual Job accept(const Job&) = 0;

  /// The same, together with the first tasks of a new job, as append() would write them: all or nothing. A
  /// store that can't write both atomically leaves the tasks to append().
  virtual AcceptedJob accept_with_tasks(const Job& job, std::span<const std::string> /*payloads*/,
                                        bool /*last*/, Time /*now*/) {
    return {accept(job)};
  }

  /// Writes the tasks of indexes first_index, first_index + 1, ... and moves the job's cursor behind them;
  /// with `last` the job's total is known. New tasks go to the end of their band, or, when the job has a
  /// run_at in the future, to the retry table. When the cursor is not at first_index, or another process is
  /// writing there, nothing is written. Returns the new cursor (promise I9).
  virtual std::int64_t append(const Job&, std::int64_t first_index, std::span<const std::string> payloads,
                              bool last, Time now) = 0;

  /// Jobs that are not completely chunked into tasks yet, oldest first.
  virtual std::vector<Job> unfinished() = 0;

  virtual std::optional<Job> find_job(const std::string& job_id) = 0;

  /// Newest first.
  virtual std::vector<Job> list_jobs(std::size_t at_most) = 0;

  /// The same among the newest `kSearched`, filtered.
  static constexpr std::size_t kSearched = 10'000;
  virtual std::vector<Job> find_jobs(const JobFilter& filter) {
    std::vector<Job> found;
    bool is_behind = filter.after.empty();
    for (Job& job : list_jobs(kSearched)) {
      if (found.size() >= filter.at_most) break;
      if (is_behind && matches(filter, job)) found.push_back(std::move(job));
      is_behind = is_behind || job.job_id == filter.after;
    }
    return found;
  }

  /// Stops chunking the job, and closes its queued and waiting tasks as cancelled. Running ones are not
  /// affected. Returns how many tasks were cancelled; nullopt when there is no such job.
  virtual std::optional<std::int64_t> cancel_job(const std::string& job_id, Time now) = 0;

  /// Finished jobs whose on_complete is still to be called; each is leased to one caller until `until`, so
  /// that after a crash another caller takes it (at least once).
  virtual std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) = 0;
  virtual void notified(const std::string& job_id) = 0;
};

}  // namespace sosw
