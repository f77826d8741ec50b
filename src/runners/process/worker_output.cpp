#include "runners/process/worker_output.h"

#include <utility>

#include "runners/process/worker_result.h"
#include "text/json_check.h"

namespace sosw {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

bool WorkerOutput::add(std::string_view text) {
  text_ += text;
  in_lines_ = in_lines_ || !may_be_one_value();
  if (in_lines_) take_lines();
  return text_.size() + candidate_.size() <= kLargestWorkerResult;
}

std::string WorkerOutput::end() {
  const std::string_view all = without_blanks(text_);
  if (!in_lines_ && is_json(all)) return std::string(all);
  text_ += '\n';
  take_lines();
  return std::move(candidate_);
}

/// Only objects and lists have more than one line.
bool WorkerOutput::may_be_one_value() const {
  const std::size_t first = text_.find_first_not_of(kBlanks);
  if (first == std::string::npos || text_[first] == '{' || text_[first] == '[') return true;
  const std::size_t newline = text_.find('\n', first);
  return newline == std::string::npos || text_.find_first_not_of(kBlanks, newline) == std::string::npos;
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
  const bool is_indented = line.front() == ' ' || line.front() == '\t';
  if (is_indented || !is_json(without_blanks(line))) return log_(line);
  if (!candidate_.empty()) log_(std::exchange(candidate_, {}) + '\n');
  candidate_ = without_blanks(line);
}

}  // namespace sosw
