#include "runners/process/worker_result.h"

#include <fmt/format.h>

#include "text/parse_json.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr std::size_t kResultShown = 100;  // bytes of a text that is not JSON
constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

WorkerResult worker_result(std::string_view text) {
  text = without_blanks(without_byte_order_mark(without_blanks(text)));
  if (text.empty() || text == "null") return {};
  try {
    require_json(text);
    return {.json = std::string(text)};
  } catch (const InvalidJson& error) {
    return {.problem = error.line > 0
                           ? "its output is neither JSON nor empty: " + readable_line(text, kResultShown)
                           : fmt::format("its output {}", error.what())};
  }
}

WorkerResult worker_stats(std::string_view text) {
  text = without_blanks(text);
  if (text.size() > kLargestWorkerStats)
    return {.problem = fmt::format("its stats are larger than {} KiB", kLargestWorkerStats / 1024)};
  if (text.empty() || text == "null") return {};
  if (!is_json_object(text))
    return {.problem = "its stats are not a JSON object: " + readable_line(text, kResultShown)};
  return {.json = std::string(text)};
}

}  // namespace sosw
