#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sosw {

/// Splits a stream of text into lines, in bounded memory: overlong lines are truncated.
class LogLines {
 public:
  static constexpr std::size_t kLongestLine = 4096;  ///< bytes

  /// `take` gets each line that is not blank, made printable.
  explicit LogLines(std::function<void(const std::string& line)> take) : take_(std::move(take)) {}

  void add(std::string_view text);
  void end();  ///< the last line may lack its newline

  void forget_last() { last_.clear(); }
  const std::string& last() const { return last_; }  ///< the last line that was not blank

 private:
  void add_part(std::string_view part);
  void end_line();

  std::function<void(const std::string&)> take_;
  std::string line_;
  std::string last_;
};

}  // namespace sosw
