#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <spdlog/common.h>

#include "cli/screen.h"

namespace sosw {

/// The last line of standard error, redrawn in place, with lines of the log above it. Safe to share between
/// threads. Without a terminal nothing is redrawn.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  const Screen& screen() const { return screen_; }
  void show(const std::string& text);  ///< replaces what is shown; the caller cuts it to the screen's width
  void clear();
  void print(std::string_view line);  ///< a line that stays, above the one that is shown

 private:
  void write(std::string_view text) const;

  Screen screen_{stderr};
  std::mutex mutex_;
  std::string shown_;
};

/// Sends the log to standard error, above the status line that is returned.
std::shared_ptr<StatusLine> log_to_stderr(spdlog::level::level_enum);

}  // namespace sosw
