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

/// A job of a JobQueue, which must outlive it. Copies refer to the same job. Thread safety as for JobQueue.
class JobHandle {
 public:
  const std::string& id() const { return job_id_; }
  const std::string& labourer_id() const { return labourer_id_; }

  JobProgress progress() const;

  /// Returns true when all tasks of the job are closed; false when the time runs out, or the queue is
  /// stopped, before that. Throws Error when the engine can't continue.
  bool wait(Seconds at_most = std::numeric_limits<Seconds>::infinity()) const;

  /// Its closed tasks with their payloads, in the order of the job; `after` is the id of the last one of the
  /// previous page. TaskRecord::task has the result, or the reason of a failure.
  std::vector<TaskRecord> completed(std::size_t at_most = 1000, const std::string& after = "") const;
  std::vector<TaskRecord> dead(std::size_t at_most = 1000, const std::string& after = "") const;

  /// Queues its dead tasks again with all their attempts. Returns how many.
  std::size_t retry_dead() const;

  /// Cancels its queued and waiting tasks; running ones continue. Returns how many were cancelled.
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
