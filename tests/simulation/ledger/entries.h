#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sosw/model/job.h"
#include "sosw/model/task.h"
#include "sosw/ports/admin_store.h"
#include "sosw/ports/function_invoker.h"

namespace sosw::simulation {

/// One claim of a task, and its true result.
struct Attempt {
  std::string token;
  int claimer = -1;  ///< index of the actor
  int life = 0;      ///< of the claimer
  Time true_start;   ///< when the claimer read its clock
  std::optional<Dispatch::Kind> dispatch;
  int workers = 0;         ///< that run, or will run
  bool succeeded = false;  ///< a worker of it succeeded
  bool failed = false;     ///< a worker of it failed
};

enum class TaskStatus { queued, invoked, waiting, closed };

/// The table in which the ledger expects a task.
struct TaskEntry {
  std::string id;
  std::size_t job = 0;  ///< index
  std::int64_t index = 0;
  TaskStatus status = TaskStatus::queued;
  std::int64_t greenfield = 0;
  std::int64_t position = 0;  ///< in the queue, before the newest claim
  int attempts = 0;
  std::string token;
  Time invoked_at;         ///< by the claimer's clock
  bool completed = false;  ///< completed_at is set
  bool failed = false;     ///< the newest attempt reported its failure
  Time due;
  TaskRecord::Closed closed_as = TaskRecord::Closed::completed;
  Time closed_at;
  std::vector<Attempt> tries;               ///< since it was written, released ones too
  std::array<std::int16_t, 10> happened{};  ///< how often each TaskAction happened
  std::array<std::int16_t, 10> told{};      ///< and how often it was recorded
  std::int16_t alarms = 0;
  std::uint32_t seen_in_check = 0;

  bool running() const { return status == TaskStatus::invoked && !completed && !failed; }
};

struct JobEntry {
  Job job;                            ///< as accepted
  std::vector<std::string> payloads;  ///< by index
  std::vector<TaskEntry*> tasks;      ///< written so far
  std::optional<std::int64_t> total;
  bool stopped = false;  ///< by an operator
  std::int64_t completed = 0;
  std::int64_t dead = 0;
  std::int64_t cancelled = 0;
  int deliveries = 0;  ///< of on_complete
  bool notified = false;
  Time taken_until;

  std::int64_t closed() const { return completed + dead + cancelled; }
  bool finished() const { return total && closed() == *total; }
};

}  // namespace sosw::simulation
