#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace sosw {

/// The last lines that a worker wrote while it had one task.
class LogTail {
 public:
  static constexpr std::size_t kLargest = 4096;  ///< bytes, as in the LogResult of AWS Lambda

  void add(const std::string& line);  ///< in UTF-8, without its newline
  void clear();

  /// Returns and removes whole lines, each with its newline. An overlong single line is truncated.
  std::string take();

 private:
  std::deque<std::string> lines_;
  std::size_t size_ = 0;
};

}  // namespace sosw
