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

/// Why something can't be shown or done, for the person who asked.
struct AdminError : Error {
  enum class Kind {
    invalid,    ///< what was asked makes no sense; the text names what and says what would
    not_found,  ///< there is no such thing
    ambiguous,  ///< there is more than one
  };
  AdminError(Kind kind_, const std::string& what) : Error(what), kind(kind_) {}
  Kind kind;
};

/// How people sort tasks. "running" is everything that was invoked and is not closed, "retrying" and
/// "waiting" what waits for its next attempt or for its time.
inline constexpr std::array<std::string_view, 7> kTaskStates = {"queued",    "running", "retrying", "waiting",
                                                                "completed", "dead",    "cancelled"};

/// Throws AdminError that names the nearest one for a text that is no state; `where` says where it stands.
void require_task_state(std::string_view state, std::string_view where);

/// Which tasks to list. Empty texts mean any.
struct TaskQuery {
  std::string labourer_id;
  std::string job_id;
  std::string state;  ///< one of kTaskStates
  std::size_t at_most = 50;
  std::string after;  ///< a task id, with `state`: go on behind it
};

/// Which jobs to list. Empty texts mean any.
struct JobQuery {
  std::string labourer_id;
  std::string state;          ///< open, finished, or failing: some of its tasks are dead
  std::optional<Time> from;   ///< accepted then or later
  std::optional<Time> until;  ///< accepted before then
  std::string text;           ///< the id begins with it, or the document holds it
  std::size_t at_most = 50;
  std::string after;  ///< a job id: those that are older
};

/// Everything that people see and do, once for the command line and for HTTP: each answer is a JSON text,
/// whose fields docs/api.md describes. Payloads, stats and results keep their bytes.
///
/// Throws AdminError, InvalidJob, and StoreError when the store can't be used. One thread at a time.
class AdminService {
 public:
  virtual ~AdminService() = default;

  // What people see.

  /// {"engine", "next_due", "labourers", "jobs"}: every labourer, and of the newest thousand jobs those that
  /// are open and the last few that are finished.
  virtual std::string status() = 0;
  virtual std::string labourers() = 0;
  virtual std::string labourer(const std::string& id) = 0;

  virtual std::string jobs(const JobQuery&) = 0;  ///< the newest first
  /// The document keeps its bytes, which may be megabytes.
  virtual std::string job(const std::string& id_or_beginning, bool with_document = true) = 0;
  /// {"job_id", "tasks", "cell_size", "exact", "cells"}: how many of the tasks of each cell are queued,
  /// running, waiting, completed, dead and cancelled, in this order; null where the store can't tell fast.
  virtual std::string cells(const std::string& job_id, std::size_t at_most) = 0;

  /// Without a state: queued and running first, then waiting, then closed. Within each by task id.
  virtual std::string tasks(const TaskQuery&) = 0;
  virtual std::string task(const std::string& task_id) = 0;  ///< with its history
  virtual std::string rules() = 0;                           ///< with their last and next time

  // What people do.

  /// {"labourer_id", "paused", "changed"}
  virtual std::string set_paused(const std::string& labourer_id, bool paused) = 0;
  /// {"labourer_id", "limit"}: replaces max_simultaneous_invocations, until it is set to nothing.
  virtual std::string set_limit(const std::string& labourer_id, std::optional<int> limit) = 0;

  /// [{"task_id", "done", "state"}] for each, with where it is now: dead tasks go back to the queue, waiting
  /// ones are due at once.
  virtual std::string retry(std::span<const std::string> task_ids) = 0;
  virtual std::string retry_dead(const std::string& labourer_id) = 0;  ///< {"labourer_id", "revived"}
  virtual std::string retry_dead_of_job(const std::string& id_or_beginning) = 0;  ///< {"job_id", "revived"}

  /// [{"task_id", "done", "state"}] for each, with where it is now: queued and waiting tasks are closed
  /// without running.
  virtual std::string cancel(std::span<const std::string> task_ids) = 0;
  virtual std::string cancel_job(const std::string& id_or_beginning) = 0;  ///< {"job_id", "cancelled"}

  /// [{"job_id", "labourer_id", "total", "known_before", "warnings"}] for each job that the event carries.
  virtual std::string schedule(const JsonText& event) = 0;
  /// What schedule() would do, and the payloads of the first tasks; writes nothing.
  /// [{"labourer_id", "total", "priority", "run_at", "known_before", "warnings", "samples"}]
  virtual std::string plan(const JsonText& event) = 0;
  /// As schedule(), with the job of this rule, now.
  virtual std::string trigger_rule(const std::string& name) = 0;
};

}  // namespace sosw
