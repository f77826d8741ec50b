#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace sosw {

/// What a task holds beside its payload: a job can't set it.
inline constexpr std::array<std::string_view, 7> kReservedNames = {
    "task_id", "labourer_id", "created_at", "greenfield", "attempts", "completed_at", "sosw"};

/// Keys that say how a job is to be handled; they mean nothing to workers, who don't get them.
inline constexpr std::array<std::string_view, 7> kSteeringNames = {
    "lambda_name", "job_schema_name", "idempotency_key", "delay_seconds",
    "run_at",      "priority",        "on_complete"};

/// Keys that the cutting itself knows.
inline constexpr std::array<std::string_view, 4> kChunkingNames = {"period", "isolate_days", "date_list",
                                                                   "payload"};

inline bool is_reserved(std::string_view name) {
  return std::ranges::find(kReservedNames, name) != kReservedNames.end();
}

}  // namespace sosw
