#include "cli/table.h"

#include <algorithm>

#include "cli/human_text.h"

namespace sosw {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastLastColumn = 10;

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::render(const Screen& screen) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(columns_of(columns_[c].title));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], columns_of(row[c].text));
  }
  std::size_t before_last = 0;
  for (std::size_t c = 0; c + 1 < widths.size(); ++c) before_last += widths[c] + kGap;
  const std::size_t room = screen.width() > before_last ? screen.width() - before_last : 0;
  widths.back() = std::min(widths.back(), std::max(room, kLeastLastColumn));

  std::string text;
  const auto line = [&](const std::vector<Cell>& cells) {
    std::string gap;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string shown = truncated_to(cells[c].text, widths[c]);
      const std::string padding(widths[c] - columns_of(shown), ' ');
      const std::string painted = screen.paint(shown, cells[c].colour);
      if (columns_[c].side == Side::right) {
        text += gap + padding + painted;
        gap = std::string(kGap, ' ');
      } else {
        text += gap + painted;
        gap = padding + std::string(kGap, ' ');  // not written after the last cell
      }
    }
    text += '\n';
  };
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title, Colour::strong);
  line(titles);
  for (const auto& row : rows_) line(row);
  return text;
}

Table::Cell number_cell(std::int64_t number, Colour colour) {
  if (number == 0) return {"-", Colour::faint};
  return {with_thousands(number), colour};
}

}  // namespace sosw
