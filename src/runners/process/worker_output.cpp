#include "runners/process/worker_output.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "runners/process/worker_result.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Why a text that looks like a result is invalid.
std::string problem_of(std::string_view text) {
  try {
    require_json(text);
    return "";
  } catch (const InvalidJson& error) {
    return error.what();
  }
}

/// At any depth of nesting: one too deep to be stored is an error in a result, not text for the log.
bool is_one_value(std::string_view text) {
  try {
    require_json(text, std::numeric_limits<int>::max());
    return true;
  } catch (const InvalidJson&) {
    return false;
  }
}

}  // namespace

bool WorkerOutput::add(std::string_view text) {
  text_ += text;
  in_lines_ = in_lines_ || !may_be_one_value();
  if (in_lines_) take_lines();
  return text_.size() + candidate_.size() <= kLargestWorkerResult;
}

std::string WorkerOutput::end() {
  const std::string_view all = without_blanks(text_);
  if (!in_lines_ && is_one_value(all)) return std::string(all);
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  take_lines();
  return std::move(candidate_);
}

/// Only objects and lists span several lines.
bool WorkerOutput::may_be_one_value() const {
  std::string_view text = text_;
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  text = without_byte_order_mark(text);
  if (text.empty() || text.front() == '{' || text.front() == '[') return true;
  const std::size_t newline = text.find('\n');
  return newline == std::string_view::npos ||
         text.find_first_not_of(kBlanks, newline) == std::string_view::npos;
}

void WorkerOutput::take_lines() {
  std::size_t begin = 0;
  for (std::size_t newline = text_.find('\n'); newline != std::string::npos;
       newline = text_.find('\n', begin)) {
    take_line(std::string_view(text_).substr(begin, newline + 1 - begin));
    begin = newline + 1;
  }
  text_.erase(0, begin);
}

void WorkerOutput::take_line(std::string_view line) {
  const std::string_view words = without_blanks(line);
  const bool is_indented = line.front() == ' ' || line.front() == '\t';
  if (is_indented || !is_json(words)) {
    log_(line);
    if (words.starts_with('{') && words.ends_with('}') && !is_indented)
      log_(fmt::format("sosw: the line above is no result, since it {}\n", problem_of(words)));
    return;
  }
  if (!candidate_.empty()) log_(std::exchange(candidate_, {}) + '\n');
  candidate_ = words;
}

}  // namespace sosw
