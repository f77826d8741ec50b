#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace sosw {

/// A task's fields besides its payload: a job can't set them.
inline constexpr std::array<std::string_view, 7> kReservedNames = {
    "task_id", "labourer_id", "created_at", "greenfield", "attempts", "completed_at", "sosw"};

/// Keys that control the handling of a job; they are not passed to workers.
inline constexpr std::array<std::string_view, 7> kSteeringNames = {
    "lambda_name", "job_schema_name", "idempotency_key", "delay_seconds",
    "run_at",      "priority",        "on_complete"};

/// Keys that control chunking.
inline constexpr std::array<std::string_view, 4> kChunkingNames = {"period", "isolate_days", "date_list",
                                                                   "payload"};

inline bool is_reserved(std::string_view name) {
  return std::ranges::find(kReservedNames, name) != kReservedNames.end();
}

}  // namespace sosw
