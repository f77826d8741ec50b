#pragma once

#include <span>

#include "sosw/model/task_event.h"

namespace sosw {

/// Keeps what happened to tasks. Author, invocation_id and log_stream_name are the implementation's to add.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Never throws for reasons of the log's own: a lost event is logged and never fails the work it describes.
  virtual void record(std::span<const TaskEvent>) = 0;
};

}  // namespace sosw
