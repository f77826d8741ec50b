#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"
#include "runners/process/worker_files.h"

namespace sosw {

/// A labourer's program that uses the Lambda Runtime API, like those written for AWS Lambda.
struct Bootstrap {
  std::vector<std::string> argv;
  std::filesystem::path directory;  ///< where it runs
  std::string handler;              ///< the value of _HANDLER
};

/// The credentials of an AWS client. The secret is never to be logged or shown.
struct InvokeCredentials {
  std::string access_key_id;
  std::string secret_access_key;
};

struct RuntimeOptions {
  Seconds init_timeout = 10;         ///< from a process's start until it first asks for work, unless the
                                     ///< labourer's duration is longer
  Seconds idle_timeout = 300;        ///< a process without work ends after it
  Seconds termination_timeout = 2;   ///< between SIGTERM and SIGKILL
  std::size_t starts_at_once = 8;    ///< processes of one labourer that have not yet asked for work
  std::string region = "us-east-1";  ///< AWS_REGION of workers, unless this process has one
  std::string invoke_url;            ///< their AWS_ENDPOINT_URL_LAMBDA; empty: none
  InvokeCredentials
      invoke_credentials;  ///< of workers, unless this process has AWS_ACCESS_KEY_ID; empty: none
};

/// Labourers whose processes stay warm and get one task after the other over the Lambda Runtime API, each
/// from its own address (AWS_LAMBDA_RUNTIME_API). A process is started when a task finds none free, so there
/// are never more than the labourer's tasks under way, and ends when it is idle. After an answer a process
/// must ask for more within the duration of the work it answered, and is busy until then, as on AWS Lambda.
///
/// Results are as those of ProcessFunctions workers. A task fails when the function reports an error, when
/// its process ends before it answers, and when it takes longer than the labourer's duration: then the
/// process is killed. When a process ends, or fails to initialize, before it asks for work, the oldest
/// waiting task fails, and starts become rarer until one succeeds. A task for which there was no process
/// within its duration is refused. Output of workers goes to the log, line by line, with the task id.
///
/// As with ProcessFunctions a supervisor process starts the workers, and ends them however this process ends.
/// Construct it before any thread is started, and before the first query of WorkerFiles; its own threads
/// start with the first invocation.
class RuntimeFunctions final : public FunctionInvoker {
 public:
  /// Throws Error when no process can be started at all.
  RuntimeFunctions(Outcomes&, Clock&, std::map<std::string, Bootstrap>, RuntimeOptions = {},
                   std::shared_ptr<WorkerFiles> = std::make_shared<WorkerFiles>());

  /// Kills running workers, with no grace; those invocations get no outcome any more.
  ~RuntimeFunctions() override;

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;
  std::int64_t room(const Labourer&) override;  ///< by open files

  /// Starts nothing new and returns when all workers are gone. Busy ones get `grace` to answer, then all get
  /// SIGTERM, and may still answer. Every invocation has its outcome then; interrupted ones have
  /// `interrupted`.
  void stop(Seconds grace);

  /// Its supervisor was killed: nothing can be started any more. Any thread.
  bool has_lost_its_supervisor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
