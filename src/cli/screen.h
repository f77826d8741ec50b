#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace sosw {

enum class Colour { none, strong, faint, red, green, yellow };

/// One of the two output streams. Colours are used on a terminal only, and not with NO_COLOR.
class Screen {
 public:
  explicit Screen(std::FILE* stream);

  bool is_terminal() const { return terminal_; }
  std::size_t width() const;  ///< current columns; practically unlimited when it is not a terminal

  std::string paint(std::string_view text, Colour) const;

  /// Throws Error when the text can't be written (a full disk, for example).
  void write(std::string_view text) const;

 private:
  std::FILE* stream_;
  bool terminal_;
  bool colours_;
};

}  // namespace sosw
