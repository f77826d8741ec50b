#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// Writes text to a file from its own thread, so that a blocked reader never blocks the caller: a pipe that
/// nobody reads, a terminal after Ctrl-S. Text beyond a megabyte of unwritten text is dropped and counted; a
/// line reports how much, once there is room. Any thread.
class BackgroundOutput {
 public:
  /// The file stays the caller's, and open until this process ends.
  explicit BackgroundOutput(int file);
  ~BackgroundOutput();  ///< calls flush() for up to a second
  BackgroundOutput(const BackgroundOutput&) = delete;
  BackgroundOutput& operator=(const BackgroundOutput&) = delete;

  void write(std::string text);

  /// The same for dispensable text: it is only written when nothing else waits, and never counted.
  void write_if_idle(std::string text);

  /// Returns when everything is written, or the time is over.
  void flush(Seconds timeout);

 private:
  struct State;
  static void work(const std::shared_ptr<State>&);

  std::shared_ptr<State> state_;  ///< shared with the thread, which may block in a write for ever
};

}  // namespace sosw
