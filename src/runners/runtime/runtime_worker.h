#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "http/server/server.h"
#include "runners/process/log_lines.h"
#include "runners/process/log_tail.h"
#include "runners/process/pipe_reader.h"
#include "runners/runtime/runtime_api.h"
#include "runners/supervisor/supervisor.h"

namespace sosw {

/// Shared by all warm processes.
struct RuntimeHost {
  web::Server& server;
  Supervisor& supervisor;
  Clock& clock;
  const RuntimeOptions& options;
};

/// One warm process: its address, its output, its time limits, and the outcome of its work. Belongs to the
/// thread of the server.
class RuntimeWorker : public std::enable_shared_from_this<RuntimeWorker> {
 public:
  using Now = RuntimeWork::Clock::time_point;

  struct Events {
    std::function<void()> asked;            ///< it is free: give() may be called
    std::function<void(Outcome)> answered;  ///< of its work
  };
  RuntimeWorker(const RuntimeHost&, std::uint64_t id, std::string labourer_id, const Bootstrap&, Events);

  std::uint64_t id() const { return id_; }

  /// It has `timeout` to ask for work. Throws std::exception when the machine currently lacks resources for
  /// it.
  void start(Now, Seconds timeout);

  bool has_started() const { return api_->state() != RuntimeApi::State::started; }  ///< it has asked for work
  bool has_answered() const { return has_answered_; }                               ///< once
  bool is_waiting() const { return api_->state() == RuntimeApi::State::waiting; }
  bool is_working() const { return api_->work().has_value(); }
  bool is_retired() const { return termination_ends_.has_value(); }
  void give(RuntimeWork);

  void retire(Now);                                ///< it has no work: SIGTERM, and later SIGKILL
  void interrupt(const std::string& reason, Now);  ///< the same though it has work, which it may still answer
  void kill(const std::string& reason);            ///< its work fails for this reason
  void check_time(Now);

  /// The process is gone; returns why, with its last output line.
  std::string ended(int status);
  /// Afterwards: AWS Lambda's error for the caller with this request id, see Outcome.
  std::string error_for(const std::string& request_id) const;
  std::string take_log() { return tail_.take(); }  ///< its output since it got its work, or was started
  /// Afterwards: the outcome of the work that it had.
  std::optional<Outcome> unfinished(const std::string& reason);

  /// Disables all events.
  void close();

 private:
  ProcessPlan plan(std::uint16_t port);
  void log(const std::string& line);
  void asked();

  const RuntimeHost& host_;
  const std::uint64_t id_;
  const std::string labourer_id_;
  const Bootstrap& bootstrap_;
  Events events_;
  std::shared_ptr<RuntimeApi> api_;
  std::uint16_t port_ = 0;
  PipeReader output_;
  LogLines lines_;
  LogTail tail_;
  Now free_since_;  ///< or started
  Seconds init_timeout_ = 0;
  std::optional<Now> rest_ends_;  ///< it has to ask for the next event by then
  std::optional<Now> termination_ends_;
  bool has_answered_ = false;
  bool killed_ = false;
  bool interrupted_ = false;
  std::string end_reason_;           ///< empty: not by us
  std::optional<Seconds> too_long_;  ///< this limit was exceeded
  std::string init_error_;
  std::optional<int> status_;  ///< once it has ended
};

}  // namespace sosw
