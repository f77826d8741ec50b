#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sosw {

/// Separates a program's result from log text in its standard output.
///
/// If all of it is one JSON value, that is the result. Else it is the last line that is a JSON value; lines
/// that begin with a blank do not count, since they are parts of a multi-line value. Every other line is for
/// the log, immediately where it can't be a part of the result.
class WorkerOutput {
 public:
  /// `log` gets text for the log, whole lines.
  explicit WorkerOutput(std::function<void(std::string_view)> log) : log_(std::move(log)) {}

  /// False when a possible result has become larger than a result may be.
  bool add(std::string_view text);

  /// The result, JSON or empty, at the end of the output.
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
