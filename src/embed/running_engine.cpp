#include "embed/running_engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

namespace sosw {

RunningEngine::RunningEngine(Config config, const StoreLocation& store_location,
                             std::map<std::string, TaskFunction> functions, std::size_t threads)
    : RunningEngine(std::move(config), store_location, std::move(functions), threads, HeldSignals()) {}

RunningEngine::RunningEngine(Config&& config, const StoreLocation& store_location,
                             std::map<std::string, TaskFunction>&& functions, std::size_t threads,
                             const HeldSignals&)
    : config_(std::move(config)),
      here_(config_, store_location,
            {.rules = true,
             .turned = [this] { answer_waiters(); },
             .functions = std::move(functions),
             .threads = threads}),
      announcer_(store_location, here_.settings) {
  here_.engine.take_over();
  thread_ = std::thread([this] { work(); });
}

RunningEngine::~RunningEngine() { stop(kGrace); }

void RunningEngine::work() {
  try {
    here_.engine.run([this] { return here_.fault().empty(); });
    here_.require_no_fault();
  } catch (const std::exception& error) {
    fault_ = error.what();
    spdlog::error("the engine can't go on: {}", fault_);
  }
  here_.let_workers_finish(grace_);
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  here_.engine.serve();
  answer_waiters();
}

void RunningEngine::carry_out(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  has_ended_ ? call() : here_.engine.post(std::move(call));
}

void RunningEngine::require_going_on() const {
  if (!fault_.empty()) throw Error(fault_);
  if (stopping_) throw Error("the queue was stopped; only a new one can be given work");
}

bool RunningEngine::wait_for_job(const std::string& job_id, Seconds at_most) {
  constexpr Seconds longest = 1e9;  // the maximum of clocks
  const auto waiter = std::make_shared<Waiter>(Waiter{.job_id = job_id});
  std::future<bool> finished = waiter->finished.get_future();
  carry_out([this, waiter] {
    answer(*waiter);
    if (!waiter->is_answered) waiters_.push_back(waiter);
  });
  if (at_most < longest &&
      finished.wait_for(std::chrono::duration<double>(at_most)) != std::future_status::ready)
    return false;
  return finished.get();
}

void RunningEngine::answer_waiters() {
  std::erase_if(waiters_, [this](const std::weak_ptr<Waiter>& one) {
    const auto waiter = one.lock();
    if (waiter) answer(*waiter);
    return !waiter || waiter->is_answered;
  });
}

/// Unless there is something to wait for. Store errors may be gone the next time.
void RunningEngine::answer(Waiter& waiter) {
  try {
    const auto job = here_.jobs.find_job(waiter.job_id);
    if (!job) throw Error(fmt::format("there is no job {}", waiter.job_id));
    const bool finished = job->progress.finished();
    if (!finished && !has_ended_) return;
    if (!finished && !fault_.empty()) throw Error(fault_);
    waiter.finished.set_value(finished);
  } catch (const StoreError&) {
    if (!has_ended_) return;
    waiter.finished.set_exception(std::current_exception());
  } catch (...) {
    waiter.finished.set_exception(std::current_exception());
  }
  waiter.is_answered = true;
}

void RunningEngine::stop(Seconds grace) {
  std::call_once(stopped_, [&] {
    grace_ = grace;
    stopping_ = true;
    here_.engine.stop();
    thread_.join();
    announcer_.stop();
  });
}

}  // namespace sosw
