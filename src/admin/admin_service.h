#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sosw/model/errors.h"
#include "sosw/model/time.h"

#include "text/json_text.h"

namespace sosw {

/// Why a request can't be answered or carried out, for the person who made it.
struct AdminError : Error {
  enum class Kind {
    invalid,    ///< the request makes no sense; the text names what is wrong and what would be valid
    not_found,  ///< it does not exist
    ambiguous,  ///< more than one matches
  };
  AdminError(Kind kind_, const std::string& what) : Error(what), kind(kind_) {}
  Kind kind;
};

/// The states of tasks as people see them. "running" is every invoked task that is not closed, "retrying" and
/// "waiting" what waits for its next attempt or for its due time.
inline constexpr std::array<std::string_view, 7> kTaskStates = {"queued",    "running", "retrying", "waiting",
                                                                "completed", "dead",    "cancelled"};

/// Throws AdminError that names the nearest state for a text that is not one; `where` names its origin.
void require_task_state(std::string_view state, std::string_view where);

/// Which tasks to list. An empty text matches any.
struct TaskQuery {
  std::string labourer_id;
  std::string job_id;
  std::string state;  ///< one of kTaskStates
  std::size_t at_most = 50;
  std::string after;  ///< a task id, with `state`: continue after it
};

/// Which jobs to list. An empty text matches any.
struct JobQuery {
  std::string labourer_id;
  std::string state;          ///< open, finished, or failing: some of its tasks are dead
  std::optional<Time> from;   ///< accepted then or later
  std::optional<Time> until;  ///< accepted before then
  std::string text;           ///< its id begins with this, or its document contains it
  std::size_t at_most = 50;
  std::string after;  ///< a job id: only jobs that are older
};

/// Everything that operators read and do, both for the command line and for HTTP: each answer is a JSON text
/// whose fields docs/api.md describes. Payloads, stats and results keep their bytes.
///
/// Throws AdminError, InvalidJob, and StoreError when the store can't be used. One thread at a time.
class AdminService {
 public:
  virtual ~AdminService() = default;

  // Reading.

  /// {"engine", "next_due", "labourers", "jobs"}: every labourer, and of the newest thousand jobs those that
  /// are open and the last few finished ones.
  virtual std::string status() = 0;
  virtual std::string labourers() = 0;
  virtual std::string labourer(const std::string& id) = 0;

  virtual std::string jobs(const JobQuery&) = 0;  ///< newest first
  /// The document keeps its bytes, which may be megabytes.
  virtual std::string job(const std::string& id_or_beginning, bool with_document = true) = 0;
  /// {"job_id", "tasks", "cell_size", "exact", "cells"}: how many tasks of each cell are queued, running,
  /// waiting, completed, dead and cancelled, in this order; null where the store can't compute it fast.
  virtual std::string cells(const std::string& job_id, std::size_t at_most) = 0;

  /// Without a state: queued and running first, then waiting, then closed. Within each by task id.
  virtual std::string tasks(const TaskQuery&) = 0;
  virtual std::string task(const std::string& task_id) = 0;  ///< with its history
  virtual std::string rules() = 0;                           ///< with their last and next time

  // Acting.

  /// {"labourer_id", "paused", "changed"}
  virtual std::string set_paused(const std::string& labourer_id, bool paused) = 0;
  /// {"labourer_id", "limit"}: replaces max_simultaneous_invocations; nullopt restores it.
  virtual std::string set_limit(const std::string& labourer_id, std::optional<int> limit) = 0;

  /// [{"task_id", "done", "state"}] for each, with its new state: dead tasks go back to the queue, waiting
  /// ones become due at once.
  virtual std::string retry(std::span<const std::string> task_ids) = 0;
  virtual std::string retry_dead(const std::string& labourer_id) = 0;  ///< {"labourer_id", "revived"}
  virtual std::string retry_dead_of_job(const std::string& id_or_beginning) = 0;  ///< {"job_id", "revived"}

  /// [{"task_id", "done", "state"}] for each, with its new state: queued and waiting tasks are closed without
  /// running.
  virtual std::string cancel(std::span<const std::string> task_ids) = 0;
  virtual std::string cancel_job(const std::string& id_or_beginning) = 0;  ///< {"job_id", "cancelled"}

  /// [{"job_id", "labourer_id", "total", "known_before", "warnings"}] for each job in the event.
  virtual std::string schedule(const JsonText& event) = 0;
  /// What schedule() would do, and the payloads of the first tasks; writes nothing.
  /// [{"labourer_id", "total", "priority", "run_at", "known_before", "warnings", "samples"}]
  virtual std::string plan(const JsonText& event) = 0;
  /// As schedule(), with the job of this rule, immediately.
  virtual std::string trigger_rule(const std::string& name) = 0;
};

}  // namespace sosw
