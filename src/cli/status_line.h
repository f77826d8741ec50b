#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <spdlog/common.h>

#include "cli/background_output.h"
#include "cli/screen.h"

namespace sosw {

/// The last line of standard error, redrawn in place, with lines of the log above it. Safe to share between
/// threads. Without a terminal nothing is redrawn. Errors of writing to standard error are ignored.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// From now on a blocked reader of standard error never blocks callers, and lines that don't fit are
  /// counted: see BackgroundOutput. For long-running commands; starts a thread.
  void never_wait();

  /// For code that ends this process at once: waits a moment for printed text to be written.
  void flush();

  const Screen& screen() const { return screen_; }
  void show(const std::string& text);  ///< replaces the text; truncated by the caller to the screen's width
  void clear();
  void print(std::string_view line);  ///< a line that stays, above the status line

 private:
  void write(std::string text) const;

  Screen screen_{stderr};
  std::mutex mutex_;
  std::string shown_;
  std::unique_ptr<BackgroundOutput> background_;
};

/// Sends the log to standard error, above the returned status line.
std::shared_ptr<StatusLine> log_to_stderr(spdlog::level::level_enum);

}  // namespace sosw
