#include "runners/process/worker_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/process/exit_description.h"
#include "runners/process/worker_result.h"
#include "runners/runtime/lambda_error.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kLongestErrorLine = 300;  // bytes of it in a reason
constexpr std::size_t kLongestProcessReason = 500;
constexpr Seconds kGrace = 5;  // between SIGTERM and SIGKILL
constexpr Seconds kForever = 1e8;

SteadyClock::duration duration_of(Seconds seconds) {
  return std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, kForever)));
}

/// The event is a file, not a pipe: a worker that does not read it causes no problem, whatever its size.
Descriptor file_with(std::string_view text) {
  Descriptor file(memfd_create("sosw-event", MFD_CLOEXEC));
  if (!file.is_open()) throw std::system_error(errno, std::generic_category());
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written =
        pwrite(file.number(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (written < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category());
    done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  }
  return file;
}

}  // namespace

WorkerProcess::WorkerProcess(boost::asio::io_context& io, std::uint64_t id, Invocation invocation,
                             const Command& command, const std::filesystem::path& replies, Signal signal)
    : id_(id),
      task_(std::move(invocation.task)),
      event_(std::move(invocation.event)),
      duration_(invocation.labourer->duration),
      cooldown_(invocation.labourer->cooldown),
      command_(command),
      signal_(std::move(signal)),
      output_pipe_(io, [this](std::string_view text) { take_output(text); }),
      error_pipe_(io, [this](std::string_view text) { errors_.add(text); }),
      errors_([this](const std::string& line) { log(line); }),
      output_lines_([this](const std::string& line) { log(line); }),
      output_([this](std::string_view text) { output_lines_.add(text); }),
      replies_(replies, id),
      timer_(io) {}

const ProcessPlan& WorkerProcess::plan() {
  if (plan_) return *plan_;
  ProcessPlan plan{.argv = command_.argv,
                   .directory = command_.directory,
                   .environment = {"SOSW_TASK_ID=" + task_.task_id, "SOSW_LABOURER_ID=" + task_.labourer_id,
                                   fmt::format("SOSW_ATTEMPT={}", task_.attempts + 1)},
                   .files = {file_with(event_), output_pipe_.open(), error_pipe_.open()}};
  for (std::string& variable : replies_.environment()) plan.environment.push_back(std::move(variable));
  plan_ = std::move(plan);
  return *plan_;
}

void WorkerProcess::started() {
  plan_.reset();
  began_ = SteadyClock::now();
  output_pipe_.start(shared_from_this());
  error_pipe_.start(shared_from_this());
  // Counted from its acceptance, since that is when others begin to count.
  timer_.expires_at(accepted_ + duration_of(duration_));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error)
      self->end(fmt::format("took longer than {} s, the labourer's duration", self->duration_), false,
                timeout_error(self->request_id(), self->duration_));
  });
}

void WorkerProcess::not_started() {
  timer_.cancel();
  plan_.reset();
  output_pipe_.close();
  error_pipe_.close();
}

bool WorkerProcess::waited_too_long() const {
  return SteadyClock::now() - accepted_ > duration_of(duration_);
}

void WorkerProcess::take_output(std::string_view text) {
  if (output_.add(text)) return;
  output_pipe_.close();
  end(fmt::format("its output is larger than {} MiB", kLargestWorkerResult / 1024 / 1024), false,
      lambda_error("Function.ResponseSizeTooLarge", request_id(),
                   fmt::format("Response payload size exceeded maximum allowed payload size ({} bytes).",
                               kLargestWorkerResult)));
}

void WorkerProcess::end(const std::string& reason, bool interrupted, std::string lambda_message) {
  if (over_ || !end_reason_.empty()) return;
  end_reason_ = reason;
  error_ = std::move(lambda_message);
  interrupted_ = interrupted;
  signal_(id_, SIGTERM);
  // All must have ended before the task is given up and may run elsewhere.
  timer_.expires_after(duration_of(std::min(kGrace, cooldown_ / 2)));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->signal_(self->id_, SIGKILL);
  });
}

Outcome WorkerProcess::ended(int status) {
  output_pipe_.drain();
  error_pipe_.drain();
  errors_.end();
  const std::string printed = output_.end();
  const std::optional<WorkerResult> left = replies_.result();
  const bool was_good = end_reason_.empty() && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (left || !was_good) output_lines_.add(printed);
  output_lines_.end();
  if (!end_reason_.empty()) return failed(with_last_line(end_reason_), interrupted_);
  if (!was_good) {
    error_ = exit_error(request_id(), status);
    return failed(with_last_line(describe_exit(status)));
  }
  WorkerResult result = left ? *left : worker_result(printed);
  if (!result.problem.empty()) return failed(result.problem);
  Outcome outcome = over();
  outcome.succeeded = true;
  outcome.result = std::move(result.json);
  return outcome;
}

Outcome WorkerProcess::failed(const std::string& reason, bool interrupted) {
  Outcome outcome = over();
  outcome.reason = reason;
  outcome.error = std::move(error_);
  outcome.interrupted = interrupted;
  return outcome;
}

Outcome WorkerProcess::unstartable(const std::string& problem) {
  const std::string reason = readable_line(fmt::format("{} can't be started in {}: {}", command_.argv.front(),
                                                       command_.directory.string(), problem),
                                           kLongestProcessReason);
  error_ = lambda_error("Runtime.InvalidEntrypoint", request_id(), reason);
  return failed(reason);
}

std::string WorkerProcess::request_id() const { return request_id_of(task_, id_); }

/// Invalid stats are no reason to repeat the work.
std::string WorkerProcess::stats() const {
  WorkerResult stats = replies_.stats();
  if (!stats.problem.empty()) spdlog::warn("task {}: {}", task_.task_id, stats.problem);
  return std::move(stats.json);
}

void WorkerProcess::log(const std::string& line) {
  spdlog::info("task {}: {}", task_.task_id, line);
  tail_.add(line);
}

Outcome WorkerProcess::over() {
  over_ = true;
  std::string counted = stats();
  timer_.cancel();
  output_pipe_.close();
  error_pipe_.close();
  return {.task = std::move(task_),
          .stats = std::move(counted),
          .took = std::chrono::duration<double>(SteadyClock::now() - began_).count(),
          .log = tail_.take()};
}

std::string WorkerProcess::with_last_line(const std::string& reason) const {
  if (errors_.last().empty()) return reason;
  return reason + ": " + readable_line(errors_.last(), kLongestErrorLine);
}

}  // namespace sosw
