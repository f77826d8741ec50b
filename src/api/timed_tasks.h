#pragma once

#include <utility>

#include "sosw/ports/clock.h"
#include "sosw/ports/task_store.h"

#include "api/metrics.h"

namespace sosw {

/// A store whose calls are timed, also those that fail.
class TimedTasks final : public TaskStore {
 public:
  TimedTasks(TaskStore& kept, Clock& clock, EngineMetrics* metrics)
      : kept_(kept), clock_(clock), metrics_(metrics) {}  ///< null: not timed

  std::vector<Task> claim(const Claim& claim) override {
    const Timing timing(*this, "claim");
    return kept_.claim(claim);
  }
  void release(std::span<const Task> tasks) override {
    const Timing timing(*this, "release");
    kept_.release(tasks);
  }
  std::vector<ReportAnswer> report(std::span<const Report> reports) override {
    const Timing timing(*this, "report");
    return kept_.report(reports);
  }
  std::vector<Task> completed(const std::string& labourer_id, std::size_t at_most) override {
    const Timing timing(*this, "completed");
    return kept_.completed(labourer_id, at_most);
  }
  std::vector<Task> expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                            std::size_t at_most) override {
    const Timing timing(*this, "expired");
    return kept_.expired(labourer_id, now, attempt_timeout, at_most);
  }
  std::vector<bool> settle(std::span<const Settlement> moves) override {
    const Timing timing(*this, "settle");
    return kept_.settle(moves);
  }
  std::vector<Task> requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) override {
    const Timing timing(*this, "requeue_due");
    return kept_.requeue_due(labourer_id, now, at_most);
  }
  std::optional<Time> next_due() override {
    const Timing timing(*this, "next_due");
    return kept_.next_due();
  }
  TaskCounts count(const std::string& labourer_id, Time now, Seconds attempt_timeout) override {
    const Timing timing(*this, "count");
    return kept_.count(labourer_id, now, attempt_timeout);
  }
  std::vector<Task> find_open(std::span<const std::string> task_ids) override {
    const Timing timing(*this, "find_open");
    return kept_.find_open(task_ids);
  }

 private:
  /// From its start to its end.
  class Timing {
   public:
    Timing(TimedTasks& timed, const char* call)
        : timed_(timed), call_(call), began_(timed.metrics_ ? timed.clock_.now() : Time()) {}
    ~Timing() {
      if (timed_.metrics_) timed_.metrics_->called_store(call_, timed_.clock_.now() - began_);
    }
    Timing(const Timing&) = delete;
    Timing& operator=(const Timing&) = delete;

   private:
    TimedTasks& timed_;
    const char* call_;
    Time began_;
  };

  TaskStore& kept_;
  Clock& clock_;
  EngineMetrics* metrics_;
};

}  // namespace sosw
