#include "runners/runtime/runtime_pool.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>

#include "runners/runtime/lambda_error.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr Seconds kFirstPause = 0.1;  // before the start after a failure; doubles with each
constexpr Seconds kLongestPause = 10;
constexpr std::size_t kLongestPoolReason = 500;  // bytes

bool went_well(const ProcessEvent& event) {
  return event.kind == ProcessEvent::Kind::ended && WIFEXITED(event.status) && WEXITSTATUS(event.status) == 0;
}

}  // namespace

RuntimePool::RuntimePool(const RuntimeHost& host, std::string labourer_id, Bootstrap bootstrap, Events events)
    : host_(host),
      labourer_id_(std::move(labourer_id)),
      bootstrap_(std::move(bootstrap)),
      events_(std::move(events)) {}

RuntimePool::~RuntimePool() {
  for (const auto& [id, worker] : workers_) worker->close();
}

void RuntimePool::accept(RuntimeWork work) {
  if (winding_down_) return settle(std::move(work).failed("the engine stopped before it was started", true));
  waiting_.push_back(std::move(work));
  hand_out();
}

void RuntimePool::hand_out() {
  while (!waiting_.empty() && !free_.empty()) {
    const auto worker = workers_.at(free_.back());
    free_.pop_back();
    if (!worker->is_waiting()) continue;  // it will ask again
    RuntimeWork work = std::move(waiting_.front());
    waiting_.pop_front();
    worker->give(std::move(work));
  }
  if (!waiting_.empty()) start_more(RuntimeWork::Clock::now());
}

/// A process for each waiting one, minus those that must ask for more work yet, as on AWS Lambda, so that
/// there are never more than the labourer's limit; and only a few at once: the first may be done before the
/// last has begun.
void RuntimePool::start_more(Now now) {
  if (winding_down_ || now < next_start_ || waiting_.size() <= resting_.size()) return;
  const std::size_t wanted = std::min(waiting_.size() - resting_.size(), host_.options.starts_at_once);
  while (starting_.size() < wanted && start_one(now)) {
  }
}

bool RuntimePool::start_one(Now now) {
  const std::uint64_t id = events_.new_process(*this);
  const auto worker = std::make_shared<RuntimeWorker>(
      host_, id, labourer_id_, bootstrap_,
      RuntimeWorker::Events{.asked = [this, id] { free(workers_.at(id)); },
                            .answered =
                                [this, id](Outcome outcome) {
                                  failures_ = 0;
                                  resting_.insert(id);
                                  settle(std::move(outcome));
                                  if (winding_down_) workers_.at(id)->retire(RuntimeWork::Clock::now());
                                }});
  try {
    worker->start(now, std::max(host_.options.init_timeout, waiting_.front().duration));
    workers_.emplace(id, worker);
    starting_.insert(id);
    return true;
  } catch (const std::exception& problem) {
    worker->close();
    events_.process_gone();
    shortage_ = problem.what();
    next_start_ = now + to_duration(kFirstPause);
    return false;
  }
}

void RuntimePool::free(const std::shared_ptr<RuntimeWorker>& worker) {
  if (winding_down_) return worker->retire(RuntimeWork::Clock::now());
  shortage_.clear();
  last_failed_.reset();
  starting_.erase(worker->id());
  resting_.erase(worker->id());
  if (!std::ranges::count(free_, worker->id())) free_.push_back(worker->id());
  hand_out();
}

void RuntimePool::settle(Outcome outcome) { events_.settled(std::move(outcome)); }

void RuntimePool::take(const ProcessEvent& event) {
  const auto found = workers_.find(event.id);
  if (found == workers_.end()) return;
  const std::shared_ptr<RuntimeWorker> worker = found->second;
  const bool had_started = worker->has_started();
  const bool was_retired = worker->is_retired();
  std::erase(free_, event.id);
  starting_.erase(event.id);
  resting_.erase(event.id);
  workers_.erase(found);
  const std::string reason =
      event.kind == ProcessEvent::Kind::ended ? worker->ended(event.status) : event.problem;
  auto unfinished = worker->unfinished(reason);
  worker->close();
  events_.process_gone();
  // As on AWS Lambda, a process may answer and exit: the next task gets a new one.
  const bool went_after_work = worker->has_answered() && !unfinished && went_well(event);
  const bool has_failed = !was_retired && !went_after_work;
  if (has_failed) be_careful(RuntimeWork::Clock::now());
  if (unfinished) settle(std::move(*unfinished));
  if (event.kind == ProcessEvent::Kind::shortage)
    shortage_ = reason;
  else if (event.kind == ProcessEvent::Kind::unstartable)
    fail_unstartable(reason);
  else if (!had_started && !was_retired)
    start_failed(worker, reason);
  else if (!unfinished && has_failed)
    spdlog::warn("labourer {}: a process without work ended: {}", labourer_id_, reason);
  if (!waiting_.empty()) start_more(RuntimeWork::Clock::now());
}

void RuntimePool::fail_unstartable(const std::string& problem) {
  const std::string reason =
      readable_line(fmt::format("{} can't be started in {}: {}", bootstrap_.argv.front(),
                                bootstrap_.directory.string(), problem),
                    kLongestPoolReason);
  for (RuntimeWork& work : std::exchange(waiting_, {})) {
    std::string error = lambda_error("Runtime.InvalidEntrypoint", work.request_id, reason);
    Outcome outcome = std::move(work).failed(reason);
    outcome.error = std::move(error);
    settle(std::move(outcome));
  }
}

void RuntimePool::start_failed(const std::shared_ptr<RuntimeWorker>& worker, const std::string& reason) {
  spdlog::warn("labourer {}: a process ended before it asked for work: {}", labourer_id_, reason);
  last_failed_ = worker;
  why_it_failed_ = reason;
  if (!waiting_.empty()) fail_for_want_of_a_start(worker->take_log());
}

/// Ends the oldest waiting work, by the result of the last start.
void RuntimePool::fail_for_want_of_a_start(std::string log) {
  RuntimeWork work = std::move(waiting_.front());
  waiting_.pop_front();
  std::string error = last_failed_->error_for(work.request_id);
  Outcome outcome = std::move(work).failed("its process ended before it asked for work: " + why_it_failed_);
  outcome.error = std::move(error);
  outcome.log = std::move(log);
  settle(std::move(outcome));
}

/// Delays the next start, the longer the more processes have failed in a row.
void RuntimePool::be_careful(Now now) {
  const Seconds pause = std::min(kLongestPause, kFirstPause * std::exp2(std::min(failures_, 20)));
  ++failures_;
  next_start_ = now + to_duration(pause);
}

void RuntimePool::check_time(Now now) {
  for (const auto& [id, worker] : workers_) {
    worker->check_time(now);
    if (!worker->is_retired()) continue;
    std::erase(free_, id);
  }
  fail_those_who_waited_too_long(now);
  if (!waiting_.empty()) start_more(now);
}

/// Work without a process has not run. While one starts, it may wait for as long as its deadline is extended
/// (see RuntimeWork::begin), and has had its time then.
void RuntimePool::fail_those_who_waited_too_long(Now now) {
  const bool ran = !starting_.empty();
  while (!waiting_.empty()) {
    const RuntimeWork& oldest = waiting_.front();
    const Seconds timeout = ran ? std::max(oldest.duration, oldest.cooldown / 2) : oldest.duration;
    if (now < oldest.accepted + to_duration(timeout)) return;
    if (!ran && last_failed_ && shortage_.empty()) {
      fail_for_want_of_a_start("");
      continue;
    }
    RuntimeWork work = std::move(waiting_.front());
    waiting_.pop_front();
    std::string error = ran ? timeout_error(work.request_id, timeout) : "";
    const std::string reason = ran ? fmt::format("its process did not ask for work within {} s", timeout)
                               : shortage_.empty()
                                   ? fmt::format("no process was free for it within {} s", timeout)
                                   : fmt::format("no process can be started: {}", shortage_);
    Outcome outcome = std::move(work).failed(reason);
    outcome.refused = !ran;
    outcome.error = std::move(error);
    settle(std::move(outcome));
  }
}

void RuntimePool::wind_down() {
  winding_down_ = true;
  fail_all_waiting("the engine stopped before it was started", true);
  free_.clear();
  for (const auto& [id, worker] : workers_)
    if (!worker->is_working()) worker->retire(RuntimeWork::Clock::now());
}

void RuntimePool::interrupt(const std::string& reason, Now now) {
  for (const auto& [id, worker] : workers_) worker->interrupt(reason, now);
}

void RuntimePool::lose_all(const std::string& reason) {
  winding_down_ = true;
  free_.clear();
  for (const auto& [id, worker] : std::exchange(workers_, {})) {
    worker->interrupt(reason, RuntimeWork::Clock::now());
    if (auto unfinished = worker->unfinished(reason)) settle(std::move(*unfinished));
    worker->close();
    events_.process_gone();
  }
  fail_all_waiting(reason, true);
}

void RuntimePool::fail_all_waiting(const std::string& reason, bool interrupted) {
  for (RuntimeWork& work : std::exchange(waiting_, {})) settle(std::move(work).failed(reason, interrupted));
}

}  // namespace sosw
