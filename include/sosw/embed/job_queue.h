#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/embed/job_handle.h"
#include "sosw/model/greenfield.h"
#include "sosw/model/labourer.h"
#include "sosw/model/time.h"
#include "sosw/ports/admin_store.h"
#include "sosw/ports/store.h"
#include "sosw/ports/task_function.h"
#include "sosw/ports/task_store.h"

namespace sosw {

class RunningEngine;

/// The settings of a JobQueue. Labourers come from a file, from code, or both.
struct JobQueueConfig {
  std::string store = "sqlite:sosw.db";  ///< "sqlite:PATH"; "dynamodb:", which several programs may share
  std::string file;                      ///< a sosw.yaml (docs/configuration.md); empty: none
  std::vector<Labourer> labourers;       ///< in addition to those of the file; each needs a function

  /// By labourer. A labourer that the file also configures must not have a way to run it there.
  std::map<std::string, TaskFunction> functions;

  /// Threads that run them. 0: one for each task that their labourers may run at once, at most 64.
  std::size_t threads = 0;

  /// Opens a store that the program supplies, instead of `store`; called by several threads, each of which
  /// gets its own connection.
  std::function<std::unique_ptr<Store>()> open_store;
};

struct SubmitOptions {
  Priority priority = Priority::normal;
  Seconds delay = 0;  ///< how long its tasks wait before they are queued

  /// The same key for the same labourer is the same job: the first one is kept, later ones are ignored.
  /// Empty: none.
  std::string idempotency_key = {};
};

/// A durable queue of jobs and the engine that processes it, in this process. Submitted jobs survive the end
/// of the process, crashes included: the next JobQueue on the same store continues them.
///
/// A task runs at least once: again when its attempt failed, and when the process died between the end of a
/// function and the commit that records it. One process at a time may have a queue over a SQLite file.
///
/// Threads. A queue has one thread that decides and writes, `threads` that run functions, one that calls
/// `on_complete` of jobs, and a few more where the configuration needs them. All calls are safe from any
/// thread, also from functions, except that stop() and the destructor wait for functions and so must not be
/// called by one. Calls return after the store has written or read: milliseconds, unless the store has
/// problems. Signals are left to the program. Where the file names labourers with `command` or `bootstrap`,
/// construct the queue before the program starts other threads: it forks the process that supervises theirs.
class JobQueue {
 public:
  /// Starts the engine. Throws InvalidConfig that names the key, Error when another engine uses the store,
  /// and StoreError when the store can't be used.
  explicit JobQueue(JobQueueConfig);

  /// Calls stop().
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// Submits one job with a task for each payload, a JSON object. It is on disk when this returns. Throws
  /// InvalidJob that names what is wrong, before anything is written; Error after stop(); StoreError.
  JobHandle submit(const std::string& labourer_id, const std::vector<std::string>& payloads,
                   const SubmitOptions& = {});

  /// Submits the jobs of a JSON text as docs/jobs.md describes it: one, unless it is a batch. Throws the
  /// same.
  std::vector<JobHandle> submit(std::string_view job);

  /// A job that was submitted before, also by an earlier process. Throws Error when there is no such job.
  JobHandle job(const std::string& job_id);
  std::vector<Job> jobs(std::size_t at_most = 100);  ///< newest first

  /// Throws Error for a labourer that is not configured, as pause() and resume() do.
  TaskCounts counts(const std::string& labourer_id);

  std::optional<TaskRecord> task(const std::string& task_id);
  std::vector<TaskRecord> tasks(const TaskFilter&);

  /// True for each that was revived: dead tasks are queued with all their attempts, waiting ones become due
  /// at once.
  std::vector<bool> retry(const std::vector<std::string>& task_ids);

  /// True for each that was queued or waiting and is now closed as cancelled.
  std::vector<bool> cancel(const std::vector<std::string>& task_ids);

  /// Starts no more tasks of a labourer until resume(), also after a restart. Running ones continue.
  void pause(const std::string& labourer_id);
  void resume(const std::string& labourer_id);

  /// Starts no more tasks, and returns when none runs any more. Running tasks may finish within `grace`; then
  /// worker processes are killed, and functions are asked to stop (TaskAttempt::stop) and waited for.
  /// Unfinished tasks stay in the store. Calls that only read still work afterwards; the first call's `grace`
  /// counts.
  void stop(Seconds grace = 30);

 private:
  std::unique_ptr<RunningEngine> engine_;
};

}  // namespace sosw
