#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "sosw/ports/event_log.h"

#include "aws/core/caller.h"
#include "aws/core/environment.h"

namespace sosw::aws {

/// Who an event is from, as the meta table has it (SPEC 10).
struct EventAuthor {
  std::string function;       ///< "sosw_orchestrator"
  std::string invocation_id;  ///< may be empty outside Lambda
  std::string log_stream_name;
};

/// Events as rows of the meta table. record() only puts them aside; a thread of the log's own writes them, in
/// batches, many at once, and slower when the table throttles. So the work never waits for its events, and
/// loses them when they come faster than the table takes them: how many is a line of the log now and then.
///
/// A row's key is task and time: an event at the very time of another of its task is moved on by a
/// microsecond.
class DynamoEventLog final : public EventLog {
 public:
  struct Options {
    std::string table = "sosw_tasks_meta";
    EventAuthor author;
    std::size_t most_waiting = 100'000;  ///< events; what comes on top is lost
    Seconds last_wait = 5;               ///< for what is still to be written in the end
  };

  /// The machine is used by the log's thread: its Http must not be the one that the work waits for.
  DynamoEventLog(Environment, Machine, Options);

  /// Gives what waits `last_wait` to be written. A call under way is waited for.
  ~DynamoEventLog() override;

  void record(std::span<const TaskEvent>) override;

  /// Of the events to come: a warm function is invoked many times.
  void set_author(EventAuthor);

  /// Whether all events so far have been written, or lost, within `at_most`. To be called before a function
  /// returns, because Lambda stops its threads then.
  bool flush(Seconds at_most);

  /// How many events were lost so far.
  std::size_t lost() const;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace sosw::aws
