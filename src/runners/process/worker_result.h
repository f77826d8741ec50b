#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sosw {

constexpr std::size_t kLargestWorkerResult = std::size_t{6} << 20;  ///< bytes; what AWS Lambda allows, too
constexpr std::size_t kLargestWorkerStats = std::size_t{16} << 10;  ///< bytes

/// The result of a worker that succeeded.
struct WorkerResult {
  std::string json;     ///< a JSON value, or empty: no result
  std::string problem;  ///< why the text can't be a result, in one line; empty when it can
};

/// Empty text, blanks and null are no result; other JSON is the result, byte for byte; text that is not JSON,
/// or beyond the limits of text/parse_json.h, is a problem. A leading byte order mark is ignored.
WorkerResult worker_result(std::string_view text);

/// The same for its stats, which must be an object.
WorkerResult worker_stats(std::string_view text);

/// Without surrounding blanks and line ends.
std::string_view without_blanks(std::string_view text);

}  // namespace sosw
