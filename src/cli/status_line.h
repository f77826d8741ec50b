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
/// threads. Without a terminal nothing is redrawn. Standard error may have gone away: nobody is left to be
/// told.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// From now on nobody waits for who reads standard error, and lines that don't fit are counted: see
  /// BackgroundOutput. For what runs long; starts a thread.
  void never_wait();

  /// For what ends this process at once: waits a moment for what was printed to be written.
  void flush();

  const Screen& screen() const { return screen_; }
  void show(const std::string& text);  ///< replaces what is shown; the caller cuts it to the screen's width
  void clear();
  void print(std::string_view line);  ///< a line that stays, above the one that is shown

 private:
  void write(std::string text) const;

  Screen screen_{stderr};
  std::mutex mutex_;
  std::string shown_;
  std::unique_ptr<BackgroundOutput> background_;
};

/// Sends the log to standard error, above the status line that is returned.
std::shared_ptr<StatusLine> log_to_stderr(spdlog::level::level_enum);

}  // namespace sosw
