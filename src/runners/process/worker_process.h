#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sosw/model/outcome.h"

#include "runners/process/log_lines.h"
#include "runners/process/log_tail.h"
#include "runners/process/pipe_reader.h"
#include "runners/process/process_functions.h"
#include "runners/process/reply_files.h"
#include "runners/process/worker_output.h"
#include "runners/supervisor/supervisor.h"

namespace sosw {

/// One invocation of a program, from its acceptance: its input and output, its deadline, and its outcome.
/// Belongs to the thread of its io_context.
class WorkerProcess : public std::enable_shared_from_this<WorkerProcess> {
 public:
  /// Passes a signal on to the process.
  using Signal = std::function<void(std::uint64_t id, int number)>;

  /// The command must outlive it. The worker may write its replies to files in this folder; empty: it can
  /// only print.
  WorkerProcess(boost::asio::io_context&, std::uint64_t id, Invocation, const Command&,
                const std::filesystem::path& replies, Signal);

  std::uint64_t id() const { return id_; }
  const std::string& labourer_id() const { return task_.labourer_id; }

  /// How to start it. Throws std::system_error when there are currently no files or no memory for it.
  const ProcessPlan& plan();

  /// It was started as planned.
  void started();

  /// It was not started after all; plan() can be used again.
  void not_started();

  /// Whether it has waited for its start for as long as it may run.
  bool waited_too_long() const;

  /// SIGTERM, and SIGKILL later. The outcome is a failure for this reason, also in Lambda's format.
  void end(const std::string& reason, bool interrupted, std::string lambda_message = "");

  /// The outcome of the invocation; nothing else may be called after that. `status` is as from waitpid().
  Outcome ended(int status);
  Outcome failed(const std::string& reason, bool interrupted = false);
  Outcome unstartable(const std::string& problem);

 private:
  Outcome over();
  void take_output(std::string_view);
  void log(const std::string& line);
  std::string stats() const;
  std::string request_id() const;
  std::string with_last_line(const std::string& reason) const;

  std::uint64_t id_;
  Task task_;
  std::string event_;
  Seconds duration_, cooldown_;
  const Command& command_;
  Signal signal_;
  std::optional<ProcessPlan> plan_;
  PipeReader output_pipe_, error_pipe_;
  LogLines errors_, output_lines_;
  WorkerOutput output_;
  ReplyFiles replies_;
  LogTail tail_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point accepted_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point began_ = accepted_;
  std::string end_reason_;  ///< why we ended it; empty when we did not
  std::string error_;       ///< of its outcome
  bool interrupted_ = false;
  bool over_ = false;
};

}  // namespace sosw
