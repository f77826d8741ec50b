#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"
#include "runners/process/worker_files.h"

namespace sosw {

/// How to start a labourer's worker.
struct Command {
  std::vector<std::string> argv;
  std::filesystem::path directory;  ///< where it runs
};

/// Labourers that are programs: a process per task. The event comes on standard input. Exit code 0 means
/// completed, and standard output then is the result: a JSON object, another JSON value, which is put under
/// "value", or nothing; at most 6 MiB, or the worker is killed. Standard error goes to the log, line by line,
/// with the task id; its last line is part of the reason when the task fails. Environment: that of this
/// process, and SOSW_TASK_ID, SOSW_LABOURER_ID and SOSW_ATTEMPT.
///
/// A task ends when its process ends; processes that it left running are killed. A worker that takes longer
/// than the labourer's duration gets SIGTERM and, 5 seconds later (earlier with a cooldown under 10),
/// SIGKILL, with all processes it started. Workers do not receive the signals of the terminal.
///
/// A supervisor process starts the workers. However this process ends, the supervisor kills every worker and
/// all that they started, and only then exits. It inherits the files open at construction, such as an
/// EngineLock, which is therefore not released before the last worker is gone. Construct it before any thread
/// is started, and before the first query of WorkerFiles. When the supervisor is killed, the workers die and
/// all invocations are refused from then on.
class ProcessFunctions final : public FunctionInvoker {
 public:
  /// Throws Error when no process can be started at all.
  ProcessFunctions(Outcomes&, std::map<std::string, Command> commands,
                   std::shared_ptr<WorkerFiles> = std::make_shared<WorkerFiles>());

  /// Kills running workers, with no grace; those invocations get no outcome any more.
  ~ProcessFunctions() override;

  /// Refused: when there are not enough open files or processes, and always after stop(). A program that
  /// can't be run is reported in the outcome.
  std::vector<Dispatch> invoke(std::vector<Invocation>) override;
  std::int64_t room(const Labourer&) override;  ///< by open files

  /// Starts nothing new and returns when all workers have ended by themselves, or were ended (as in a
  /// timeout) after `grace`. Every invocation has its outcome then; those that were ended have `interrupted`.
  void stop(Seconds grace);

  /// Its supervisor was killed: nothing can be started any more. Any thread.
  bool has_lost_its_supervisor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
