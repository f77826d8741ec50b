#pragma once

#include <string>
#include <string_view>

namespace sosw {

/// What a worker that ended well has to say.
struct WorkerResult {
  std::string json;     ///< a JSON value, or empty: no result
  std::string problem;  ///< why the text can't be a result, in one line; empty when it can
};

/// Nothing, blanks and null are no result; other JSON is the result, byte for byte; text that is no JSON is a
/// problem.
WorkerResult worker_result(std::string_view text);

}  // namespace sosw
