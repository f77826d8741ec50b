#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// One piece of a job: a row in a queue with a JSON payload (SPEC 2).
struct Task {
  std::string task_id;      ///< 32 lower-case hex digits, see task_id.h
  std::string labourer_id;  ///< the function that does the work
  Time created_at;
  std::int64_t greenfield = 0;  ///< its state in the queue, see greenfield.h
  int attempts = 0;             ///< invocations that were not surely refused
  std::string payload;          ///< a JSON object; never changed, byte for byte (promise I7)

  std::string token;  ///< of the newest attempt; empty before the first, or when another system invoked it
  std::optional<Time> invoked_at;    ///< start of the newest attempt
  std::optional<Time> completed_at;  ///< a worker's success was recorded
  int failed_attempts = 0;           ///< failures that were reported; independent of the current attempt
  std::string stats;                 ///< JSON object from the worker, or empty
  std::string result;                ///< JSON object from the worker, or empty
  std::string reason;                ///< why the newest failed attempt failed, or empty
};

/// A worker's texts replace those of an earlier attempt; empty ones leave them.
inline void replace_words(Task& task, const std::string& stats, const std::string& result) {
  if (!stats.empty()) task.stats = stats;
  if (!result.empty()) task.result = result;
}

}  // namespace sosw
