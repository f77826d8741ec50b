#include "runners/runtime/runtime_worker.h"

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runners/process/exit_description.h"
#include "runners/runtime/lambda_error.h"
#include "runners/runtime/runtime_environment.h"
#include "runners/runtime/worker_users.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr std::size_t kLongestLastLine = 300;  // bytes of it in a reason

}  // namespace

RuntimeWorker::RuntimeWorker(const RuntimeHost& host, std::uint64_t id, std::string labourer_id,
                             const Bootstrap& bootstrap, Events events)
    : host_(host),
      id_(id),
      labourer_id_(std::move(labourer_id)),
      bootstrap_(bootstrap),
      events_(std::move(events)),
      output_(host.server.io(), [this](std::string_view text) { lines_.add(text); }),
      lines_([this](const std::string& line) { log(line); }) {
  // Its owner destroys the api before itself, so that the api can't call a dead object.
  api_ = std::make_shared<RuntimeApi>(
      host.clock, RuntimeApi::Events{.asked = [this] { asked(); },
                                     .answering =
                                         [this] {
                                           output_.read_now();
                                           lines_.end();  // an incomplete line is this task's, too
                                         },
                                     .answered =
                                         [this](Outcome outcome) {
                                           has_answered_ = true;
                                           free_since_ = RuntimeWork::Clock::now();
                                           outcome.log = take_log();
                                           events_.answered(std::move(outcome));
                                         },
                                     .init_failed =
                                         [this](const std::string& reason, const std::string& error) {
                                           init_error_ = error;
                                           kill(reason);
                                         }});
}

void RuntimeWorker::start(Now now, Seconds timeout) {
  free_since_ = now;
  init_timeout_ = timeout;
  const auto users = std::make_shared<WorkerUsers>(labourer_id_, host_.supervisor.mark_of(id_));
  port_ = host_.server.listen({.users = [users](uid_t user) { return users->may_ask(user); }, .pages = false},
                              api_);
  const ProcessPlan process = plan(port_);
  if (const auto error = host_.supervisor.start(id_, process)) throw std::system_error(error);
  output_.start(shared_from_this());
}

ProcessPlan RuntimeWorker::plan(std::uint16_t port) {
  Descriptor into = output_.open();
  Descriptor both(fcntl(into.number(), F_DUPFD_CLOEXEC, 3));
  Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!both.is_open() || !nothing.is_open()) throw std::system_error(errno, std::generic_category());
  return {.argv = bootstrap_.argv,
          .directory = bootstrap_.directory,
          .environment = runtime_environment(labourer_id_, bootstrap_, host_.options, port, id_),
          .files = {std::move(nothing), std::move(into), std::move(both)}};
}

void RuntimeWorker::asked() {
  output_.read_now();
  free_since_ = RuntimeWork::Clock::now();
  rest_ends_.reset();
  if (!termination_ends_ && !killed_) events_.asked();
}

void RuntimeWorker::give(RuntimeWork work) {
  tail_.clear();
  lines_.forget_last();  // it was the previous task's
  api_->give(std::move(work));
  rest_ends_ = api_->work()->deadline;
}

void RuntimeWorker::retire(Now now) {
  if (termination_ends_ || killed_) return;
  termination_ends_ = now + to_duration(host_.options.termination_timeout);
  host_.supervisor.signal(id_, SIGTERM);
}

void RuntimeWorker::interrupt(const std::string& reason, Now now) {
  if (killed_) return;
  interrupted_ = true;
  end_reason_ = reason;
  retire(now);
}

void RuntimeWorker::kill(const std::string& reason) {
  if (std::exchange(killed_, true)) return;
  if (!interrupted_) end_reason_ = reason;
  host_.supervisor.signal(id_, SIGKILL);
}

void RuntimeWorker::check_time(Now now) {
  if (termination_ends_ && now >= *termination_ends_) return kill("did not end after SIGTERM");
  if (termination_ends_ || killed_) return;
  if (const auto& work = api_->work(); work && now >= work->deadline) {
    too_long_ = work->duration;
    return kill(fmt::format("timed out after {} s, the labourer's duration", work->duration));
  }
  if (!has_started() && now >= free_since_ + to_duration(init_timeout_)) {
    too_long_ = init_timeout_;
    return kill(fmt::format("did not ask for work within {} s", init_timeout_));
  }
  if (!api_->work() && rest_ends_ && now >= *rest_ends_)
    return kill("did not ask for the next event within the duration of the last");
  if (has_started() && !rest_ends_ && !api_->work() &&
      now >= free_since_ + to_duration(host_.options.idle_timeout))
    retire(now);
}

std::string RuntimeWorker::ended(int status) {
  status_ = status;
  output_.drain();
  lines_.end();
  const std::string how = end_reason_.empty() ? describe_exit(status) : end_reason_;
  return lines_.last().empty() ? how : how + ": " + readable_line(lines_.last(), kLongestLastLine);
}

std::string RuntimeWorker::error_for(const std::string& request_id) const {
  if (!init_error_.empty()) return init_error_;
  if (too_long_) return timeout_error(request_id, *too_long_);
  return status_ && !interrupted_ ? exit_error(request_id, *status_) : "";
}

std::optional<Outcome> RuntimeWorker::unfinished(const std::string& reason) {
  auto work = api_->close();
  if (!work) return std::nullopt;
  std::string error = error_for(work->request_id);
  Outcome outcome = std::move(*work).failed(reason, interrupted_);
  outcome.error = std::move(error);
  outcome.log = take_log();
  return outcome;
}

void RuntimeWorker::close() {
  api_->close();
  output_.close();
  if (port_ != 0) host_.server.close(port_);
}

void RuntimeWorker::log(const std::string& line) {
  tail_.add(line);
  if (const auto& work = api_->work())
    spdlog::info("task {} ({}): {}", work->task.task_id, work->request_id, line);
  else
    spdlog::info("labourer {}: {}", labourer_id_, line);
}

}  // namespace sosw
