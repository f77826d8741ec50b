#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sosw/ports/alarm.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/function_invoker.h"
#include "sosw/ports/messenger.h"
#include "sosw/ports/metric_source.h"
#include "sosw/ports/random.h"

namespace sosw {

struct SimulatedClock final : Clock {
  Time time{1'795'490'346.5};  // 24 November 2026
  Time now() override { return time; }
  MonotonicTime monotonic() override { return MonotonicTime(time.since_epoch()); }
};

struct SeededRandom final : Random {
  std::mt19937_64 generator{20261124};
  std::uint64_t next() override { return generator(); }
};

struct RecordedEvents final : EventLog {
  std::vector<TaskEvent> all;

  void record(std::span<const TaskEvent> events) override {
    all.insert(all.end(), events.begin(), events.end());
  }
  /// The actions of one task, or of all, in their order.
  std::vector<std::string> actions(const std::string& task_id = "") const {
    std::vector<std::string> names;
    for (const TaskEvent& event : all)
      if (task_id.empty() || event.task_id == task_id) names.emplace_back(to_string(event.action));
    return names;
  }
};

struct RecordedAlarm final : Alarm {
  std::vector<std::pair<std::string, std::string>> raised;  ///< subject and message
  std::size_t sent = 0;                                     ///< how many of them

  void raise(const std::string& subject, const std::string& message) override {
    raised.emplace_back(subject, message);
  }
  void send() override { sent = raised.size(); }
};

struct ScriptedFunctions final : FunctionInvoker {
  std::function<Dispatch(const Invocation&)> decide = [](const Invocation&) { return Dispatch{}; };
  std::vector<Invocation> called;                                 ///< accepted or unknown
  std::vector<std::size_t> batches;                               ///< sizes of the calls
  std::int64_t slots = std::numeric_limits<std::int64_t>::max();  ///< for how many more there is room

  std::int64_t room(const Labourer&) override { return slots; }

  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) override {
    batches.push_back(invocations.size());
    slots -= static_cast<std::int64_t>(invocations.size());
    std::vector<Dispatch> dispatches;
    for (Invocation& invocation : invocations) {
      dispatches.push_back(decide(invocation));
      const auto kind = dispatches.back().kind;
      if (kind == Dispatch::Kind::accepted || kind == Dispatch::Kind::unknown)
        called.push_back(std::move(invocation));
    }
    return dispatches;
  }
};

struct RecordedMessages final : Messenger {
  std::vector<Message> all;
  std::string problem;  ///< what each delivery says

  std::vector<std::string> deliver(std::span<const Message> messages) override {
    all.insert(all.end(), messages.begin(), messages.end());
    return std::vector<std::string>(messages.size(), problem);
  }
};

/// Understands {"source": "board", "name": text} and reads it from a board of readings.
struct MetricBoard final : MetricSource {
  std::map<std::string, Reading> readings;  ///< by details
  std::vector<std::string> asked;

  bool accepts(const std::string& details) const override {
    return details.find(R"("board")") != std::string::npos;
  }
  std::vector<Reading> read(std::span<const std::string> details) override {
    std::vector<Reading> answers;
    for (const std::string& one : details) {
      asked.push_back(one);
      answers.push_back(readings[one]);
    }
    return answers;
  }
};

}  // namespace sosw
