#include "runners/process/worker_result.h"

#include "text/json_check.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr std::size_t kResultShown = 100;  // bytes of a text that is no JSON
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

WorkerResult worker_result(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "null") return {};
  if (!is_json(text))
    return {.problem = "its output is neither JSON nor empty: " + readable_line(text, kResultShown)};
  return {.json = std::string(text)};
}

}  // namespace sosw
