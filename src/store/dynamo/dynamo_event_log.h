#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "sosw/ports/event_log.h"

#include "aws/core/caller.h"
#include "aws/core/environment.h"

namespace sosw::aws {

/// The author of an event, as in the meta table (SPEC 10).
struct EventAuthor {
  std::string function;       ///< "sosw_orchestrator"
  std::string invocation_id;  ///< may be empty outside Lambda
  std::string log_stream_name;
};

/// Events as rows of the meta table. record() only queues them; the log's own thread writes them, in batches,
/// many at once, and slower when the table throttles. So callers never wait for events, which are lost when
/// they come faster than the table accepts them: the number is logged now and then.
///
/// A row's key is task and time: an event with the same time as another of its task is moved by a
/// microsecond.
class DynamoEventLog final : public EventLog {
 public:
  struct Options {
    std::string table = "sosw_tasks_meta";
    EventAuthor author;
    std::size_t most_waiting = 100'000;  ///< events; further ones are lost
    Seconds last_wait = 5;               ///< for unwritten events at the end
  };

  /// The machine is used by the log's thread: its Http must not be the one that callers wait for.
  DynamoEventLog(Environment, Machine, Options);

  /// Gives unwritten events `last_wait` to be written. Waits for a current call.
  ~DynamoEventLog() override;

  void record(std::span<const TaskEvent>) override;

  /// For later events: a warm function is invoked many times.
  void set_author(EventAuthor);

  /// Whether all events so far have been written, or lost, within `at_most`. Must be called before a function
  /// returns, because Lambda stops its threads then.
  bool flush(Seconds at_most);

  /// The number of lost events so far.
  std::size_t lost() const;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace sosw::aws
