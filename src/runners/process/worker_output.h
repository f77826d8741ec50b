#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sosw {

/// Tells the result of a program from words for the log, in what it writes to its standard output.
///
/// If all of it is one JSON value, that is the result. Else it is the last line that is one by itself; lines
/// that begin with a blank do not count, since they are parts of a value that is spread over several. Every
/// other line is for the log, at once where it can't be a part of the result.
class WorkerOutput {
 public:
  /// `log` gets text for the log, whole lines.
  explicit WorkerOutput(std::function<void(std::string_view)> log) : log_(std::move(log)) {}

  /// False when what may still be the result has become larger than a result may be.
  bool add(std::string_view text);

  /// The result, JSON or empty, when no more comes.
  std::string end();

 private:
  bool may_be_one_value() const;
  void take_lines();
  void take_line(std::string_view line);

  std::function<void(std::string_view)> log_;
  std::string text_;       ///< all of it while it may be one value, else the beginning of a line
  std::string candidate_;  ///< the last line that is a value
  bool in_lines_ = false;  ///< it can't be one value any more
};

}  // namespace sosw
