#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sosw {

/// Sixteen lower-case hex digits; the 13th is never '1', so that it can't be the first half of a task id
/// that the Python system made (SPEC 14).
std::string job_id_from(std::uint64_t bits);

/// The same key gives the same job id on every machine and in every version.
std::string job_id_from_key(std::string_view idempotency_key);

/// The id of the task at `index` (0, 1, ...) of a job: the job id and the index in 16 hex digits. Tasks of a
/// job sort by their index.
std::string task_id(std::string_view job_id, std::int64_t index);

/// The job of a task; nullopt for ids that another system made.
std::optional<std::string> job_id_of(std::string_view task_id);

/// Whether the text is 32 lower-case hex digits.
bool is_task_id(std::string_view text);

}  // namespace sosw
