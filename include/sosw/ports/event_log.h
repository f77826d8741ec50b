#pragma once

#include <span>

#include "sosw/model/task_event.h"

namespace sosw {

/// Stores the events of tasks. The implementation adds author, invocation_id and log_stream_name.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Never throws for errors of its own: a lost event is logged and never fails the operation it describes.
  virtual void record(std::span<const TaskEvent>) = 0;
};

}  // namespace sosw
