#include "runners/process/log_tail.h"

#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr std::size_t kLongestTailLine = LogTail::kLargest - 4;  // beside "..." and the newline

}  // namespace

void LogTail::add(const std::string& line) {
  size_ += lines_.emplace_back(readable_line(line, kLongestTailLine) + '\n').size();
  for (; size_ > kLargest; lines_.pop_front()) size_ -= lines_.front().size();
}

void LogTail::clear() {
  lines_.clear();
  size_ = 0;
}

std::string LogTail::take() {
  std::string text;
  text.reserve(size_);
  for (const std::string& line : lines_) text += line;
  clear();
  return text;
}

}  // namespace sosw
