#pragma once

#include <string>
#include <vector>

#include "cli/screen.h"

namespace sosw {

/// Aligned rows. Cells are made printable; the last column is truncated to the width of the screen.
class Table {
 public:
  enum class Side { left, right };
  struct Column {
    std::string title;
    Side side = Side::left;
  };
  struct Cell {
    Cell(std::string text_) : text(std::move(text_)) {}
    Cell(const char* text_) : text(text_) {}
    Cell(std::string text_, Colour colour_) : text(std::move(text_)), colour(colour_) {}
    std::string text;
    Colour colour = Colour::none;
  };

  explicit Table(std::vector<Column>);

  /// As many cells as there are columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  std::string render(const Screen&) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Numbers for people: thousands separated, a dash for 0, so that non-zero values stand out.
Table::Cell number_cell(std::int64_t number, Colour = Colour::none);

}  // namespace sosw
