// What a worker wrote is a result, none, or a problem told in one readable line.

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "runners/process/worker_result.h"
#include "text/readable_line.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_readable(std::string_view line) {
  require(std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
  // The writer refuses what is no UTF-8.
  require(!nlohmann::json(line).dump().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kAtMost = 40;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sosw::WorkerResult result = sosw::worker_result(text);
  require(result.json.empty() || result.problem.empty());
  require(result.json.empty() || !nlohmann::json::parse(result.json).is_null());
  require_readable(result.problem);
  const std::string line = sosw::readable_line(text, kAtMost);
  require(line.size() <= kAtMost + 3);
  require_readable(line);
  return 0;
}
