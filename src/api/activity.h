#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "sosw/model/task_event.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"

namespace sosw {

/// The outcomes of tasks in each minute of the last hour, and the last failures, in the memory of the
/// engine's process. Safe from any thread.
class Activity {
 public:
  static constexpr std::size_t kMinutes = 60;
  static constexpr std::size_t kFailures = 50;

  explicit Activity(Clock& clock) : clock_(clock), since_(clock.now()) {}

  void happened(std::span<const TaskEvent>);

  /// {"since", "until", "labourers", "failures"}, see docs/api.md. Labourers without activity are left out.
  std::string text();

 private:
  struct Counts {
    std::int64_t started = 0, completed = 0, failed = 0, dead = 0;
  };
  /// Minute m is at m % kMinutes.
  struct Hour {
    std::int64_t newest = 0;  ///< minutes since 1970
    std::array<Counts, kMinutes> minutes;

    Counts* at(std::int64_t minute);
    void forget_before(std::int64_t newest);
  };

  void note_failure(const TaskEvent&);

  Clock& clock_;
  const Time since_;
  std::mutex mutex_;
  std::map<std::string, Hour, std::less<>> hours_;
  std::deque<TaskEvent> failures_;  ///< newest first
};

/// Forwards events to their log, and counts the outcomes of tasks.
class NotedEvents final : public EventLog {
 public:
  NotedEvents(EventLog& kept, Activity* activity) : kept_(kept), activity_(activity) {}  ///< or null

  void record(std::span<const TaskEvent> events) override {
    kept_.record(events);
    if (activity_) activity_->happened(events);
  }

 private:
  EventLog& kept_;
  Activity* activity_;
};

}  // namespace sosw
