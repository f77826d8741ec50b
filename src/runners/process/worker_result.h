#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sosw {

constexpr std::size_t kLargestWorkerResult = std::size_t{6} << 20;  ///< bytes; what AWS Lambda allows, too
constexpr std::size_t kLargestWorkerStats = std::size_t{16} << 10;  ///< bytes

/// What a worker that ended well has to say.
struct WorkerResult {
  std::string json;     ///< a JSON value, or empty: no result
  std::string problem;  ///< why the text can't be a result, in one line; empty when it can
};

/// Nothing, blanks and null are no result; other JSON is the result, byte for byte; text that is not JSON, or
/// beyond the limits of text/parse_json.h, is a problem. A byte order mark before it does not count.
WorkerResult worker_result(std::string_view text);

/// The same for what it has counted: an object.
WorkerResult worker_stats(std::string_view text);

/// Without blanks and ends of lines around it.
std::string_view without_blanks(std::string_view text);

}  // namespace sosw
