#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "local/completion_notifier_thread.h"
#include "local/local_engine.h"
#include "system/stop_signals.h"

namespace sosw {

/// A local engine with its own thread, the only one that uses the engine's store until it has ended. All
/// calls are safe from any other thread.
class RunningEngine {
 public:
  /// Runs these functions, with `threads` threads, for the labourers of the configuration that they belong
  /// to. Throws as LocalEngine does, and StoreError.
  RunningEngine(Config, const StoreLocation&, std::map<std::string, TaskFunction>, std::size_t threads);
  ~RunningEngine();  ///< stops it
  RunningEngine(const RunningEngine&) = delete;
  RunningEngine& operator=(const RunningEngine&) = delete;

  /// Immutable.
  const Settings& settings() const { return here_.settings; }

  /// Returns or throws what `call(LocalEngine&)` does. Called on the engine's thread, or on this one when the
  /// engine has ended.
  template <class Call>
  std::invoke_result_t<Call, LocalEngine&> ask(Call call) {
    std::packaged_task<std::invoke_result_t<Call, LocalEngine&>()> task([&] { return call(here_); });
    auto answer = task.get_future();
    carry_out([&] { task(); });
    return answer.get();
  }

  /// The same, for calls that need a running engine: throws Error when it is stopping or has ended.
  template <class Call>
  std::invoke_result_t<Call, LocalEngine&> tell(Call call) {
    return ask([&](LocalEngine& here) {
      require_going_on();
      return call(here);
    });
  }

  /// See JobHandle::wait().
  bool wait_for_job(const std::string& job_id, Seconds at_most);

  /// See JobQueue::stop().
  void stop(Seconds grace);

 private:
  /// A caller that waits for the end of a job.
  struct Waiter {
    std::string job_id;
    std::promise<bool> finished = {};
    bool is_answered = false;
  };

  /// Signals are blocked while all threads start.
  RunningEngine(Config&&, const StoreLocation&, std::map<std::string, TaskFunction>&&, std::size_t threads,
                const HeldSignals&);

  void work();
  void carry_out(std::function<void()> call);
  void require_going_on() const;
  void answer_waiters();
  void answer(Waiter&);

  const Config config_;
  LocalEngine here_;
  std::atomic<bool> stopping_ = false;
  std::atomic<Seconds> grace_ = 0;
  std::once_flag stopped_;

  std::mutex mutex_;        // held by calls after the engine has ended
  bool has_ended_ = false;  // written by the engine's thread alone, which needs no lock to read it

  // Used only by the thread of the current call.
  std::string fault_;  // why the engine ended; empty: it was stopped
  std::vector<std::weak_ptr<Waiter>> waiters_;

  CompletionNotifierThread announcer_;
  std::thread thread_;
};

}  // namespace sosw
