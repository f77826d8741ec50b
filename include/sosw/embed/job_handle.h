#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sosw/model/job.h"
#include "sosw/model/time.h"
#include "sosw/ports/admin_store.h"

namespace sosw {

class RunningEngine;

/// A job of a JobQueue, which must outlive it. Copies are the same job. The rules of JobQueue for threads
/// hold.
class JobHandle {
 public:
  const std::string& id() const { return job_id_; }
  const std::string& labourer_id() const { return labourer_id_; }

  JobProgress progress() const;

  /// Returns when all tasks of the job are closed: true. False when the time is over, or the queue was
  /// stopped, before that. Throws Error when the engine can't go on.
  bool wait(Seconds at_most = std::numeric_limits<Seconds>::infinity()) const;

  /// Its closed tasks with their payloads, in the order of the job; `after` is the id of the last one of the
  /// page before. TaskRecord::task has the result, or the reason of a failure.
  std::vector<TaskRecord> completed(std::size_t at_most = 1000, const std::string& after = "") const;
  std::vector<TaskRecord> dead(std::size_t at_most = 1000, const std::string& after = "") const;

  /// Its dead tasks are queued again with all their attempts. Returns how many.
  std::size_t retry_dead() const;

  /// Closes what is queued or waiting; what runs goes on. Returns how many tasks were cancelled.
  std::size_t cancel() const;

 private:
  friend class JobQueue;
  JobHandle(RunningEngine& engine, std::string job_id, std::string labourer_id)
      : engine_(&engine), job_id_(std::move(job_id)), labourer_id_(std::move(labourer_id)) {}

  std::vector<TaskRecord> closed(TaskRecord::Closed, std::size_t at_most, const std::string& after) const;

  RunningEngine* engine_;
  std::string job_id_;
  std::string labourer_id_;
};

}  // namespace sosw
