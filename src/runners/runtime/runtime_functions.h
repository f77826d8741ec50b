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

/// A labourer's program that speaks the Lambda Runtime API, as those written for AWS Lambda do.
struct Bootstrap {
  std::vector<std::string> argv;
  std::filesystem::path directory;  ///< where it runs
  std::string handler;              ///< what it finds in _HANDLER
};

/// What a client of AWS signs its calls with. The secret is never to be logged or shown.
struct InvokeCredentials {
  std::string access_key_id;
  std::string secret_access_key;
};

struct RuntimeOptions {
  Seconds init_timeout = 10;             ///< from a process's start until it first asks for work, unless the
                                         ///< labourer's duration is longer
  Seconds idle_timeout = 300;            ///< a process without work ends after it
  Seconds termination_timeout = 2;       ///< between SIGTERM and SIGKILL
  std::size_t starts_at_once = 8;        ///< processes of one labourer that have not yet asked for work
  std::string region = "us-east-1";      ///< what workers find in AWS_REGION, unless this process has one
  std::string invoke_url;                ///< what they find in AWS_ENDPOINT_URL_LAMBDA; empty: nothing
  InvokeCredentials invoke_credentials;  ///< what they find in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
                                         ///< unless this process has the former; empty: nothing
};

/// Labourers whose processes stay warm and get one task after the other over the Lambda Runtime API, each
/// from an address of its own (AWS_LAMBDA_RUNTIME_API). A process is started when a task finds none free, so
/// there are never more than the labourer's tasks under way, and ends when it is idle. One that has answered
/// has to ask for more within the duration of what it answered, and is busy until then, as on AWS Lambda.
///
/// A result is the task's result as that of a ProcessFunctions worker. A task fails when the function reports
/// an error, when its process ends before it answers, and when it takes longer than the labourer's duration:
/// then the process is killed. When a process ends, or fails to initialize, before it asks for work, the
/// oldest task that waits for one fails, and starts become rarer until one succeeds. A task for which there
/// was no process within its duration is refused. What workers print goes to the log, line by line, with the
/// task id.
///
/// As with ProcessFunctions a supervisor process starts the workers, and ends them however this process ends.
/// Construct it before any thread is started, and before the WorkerFiles are asked for room; its own threads
/// start with the first invocation.
class RuntimeFunctions final : public FunctionInvoker {
 public:
  /// Throws Error when no process can be started at all.
  RuntimeFunctions(Outcomes&, Clock&, std::map<std::string, Bootstrap>, RuntimeOptions = {},
                   std::shared_ptr<WorkerFiles> = std::make_shared<WorkerFiles>());

  /// Ends what still runs, with no grace; those invocations have no outcome any more.
  ~RuntimeFunctions() override;

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;
  std::int64_t room(const Labourer&) override;  ///< by open files

  /// Start nothing new and return when all workers are gone. Those at work get `grace` to answer, then all
  /// are asked to end by SIGTERM, and may answer still. Every invocation has its outcome then; those that
  /// were cut short have `interrupted`.
  void stop(Seconds grace);

  /// Its supervisor was killed: nothing can be started any more. Any thread.
  bool has_lost_its_supervisor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
