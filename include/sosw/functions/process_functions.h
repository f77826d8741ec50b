#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/functions/outcomes.h"
#include "sosw/ports/function_invoker.h"

namespace sosw {

/// How to start a labourer's worker.
struct Command {
  std::vector<std::string> argv;
  std::filesystem::path directory;  ///< where it runs
};

/// Labourers that are programs: a process per task. The event comes on standard input; a JSON object (or
/// nothing) on standard output is the result; standard error goes to the log, line by line, with the task id;
/// exit code 0 means completed. A worker that takes longer than the labourer's duration gets SIGTERM, then
/// SIGKILL, with all processes it started. Environment: that of this process, and SOSW_TASK_ID,
/// SOSW_LABOURER_ID and SOSW_ATTEMPT.
///
/// A keeper process starts the workers. However this process ends, the keeper ends every worker and all that
/// they started, and only then itself. It inherits the open files of the moment of construction, such as an
/// EngineLock, which is therefore not free before the last worker is gone. Construct it before any thread is
/// started.
class ProcessFunctions final : public FunctionInvoker {
 public:
  /// Throws Error when no process can be started at all.
  ProcessFunctions(Outcomes&, std::map<std::string, Command> commands);

  /// Ends what still runs, with no grace; those invocations have no outcome any more.
  ~ProcessFunctions() override;

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// Start nothing new and return when all workers have ended by themselves, or were ended (as in a timeout)
  /// after `grace`. Every invocation has its outcome then; those that were ended have `cut`.
  void stop(Seconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
