#include "runners/process/log_lines.h"

#include <algorithm>

#include "text/readable_line.h"

namespace sosw {

void LogLines::add(std::string_view text) {
  for (;;) {
    const std::size_t newline = text.find('\n');
    add_part(text.substr(0, newline));
    if (newline == std::string_view::npos) return;
    end_line();
    text.remove_prefix(newline + 1);
  }
}

void LogLines::end() { end_line(); }

/// One byte more than the longest line shows that it was too long.
void LogLines::add_part(std::string_view part) {
  line_.append(part.substr(0, kLongestLine + 1 - line_.size()));
}

void LogLines::end_line() {
  const std::size_t last = line_.find_last_not_of(" \t\r");
  if (last != std::string::npos) {
    last_ = readable_line(std::string_view(line_).substr(0, last + 1), kLongestLine);
    take_(last_);
  }
  line_.clear();
}

}  // namespace sosw
