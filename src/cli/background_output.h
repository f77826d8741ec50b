#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// Writes text to a file from a thread of its own, so that nobody ever waits for who reads there: a pipe that
/// nobody reads, a terminal after Ctrl-S. What does not fit into a megabyte of text that waits is lost and
/// counted; a line tells how much, once there is room. Any thread.
class BackgroundOutput {
 public:
  /// The file stays the caller's, and open until this process ends.
  explicit BackgroundOutput(int file);
  ~BackgroundOutput();  ///< flush(), for a second
  BackgroundOutput(const BackgroundOutput&) = delete;
  BackgroundOutput& operator=(const BackgroundOutput&) = delete;

  void write(std::string text);

  /// The same for what may as well not be seen: it is only written when nothing waits, and never counted.
  void write_if_idle(std::string text);

  /// Returns when all is written, or the time is over.
  void flush(Seconds timeout);

 private:
  struct State;
  static void work(const std::shared_ptr<State>&);

  std::shared_ptr<State> state_;  ///< the thread's, too, which may hang in a call for ever
};

}  // namespace sosw
