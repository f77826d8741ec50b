#pragma once

#include <string>
#include <string_view>

#include "sosw/model/greenfield.h"
#include "sosw/model/task.h"
#include "sosw/model/task_record.h"

#include "aws/clients/attribute_value.h"

namespace sosw::aws {

/// Attributes of task rows. Those of SPEC 2 are every installation's, those with "sosw_" are ours: another
/// system may drop them when it moves a task.
namespace field {
inline constexpr const char* task_id = "task_id";
inline constexpr const char* labourer_id = "labourer_id";
inline constexpr const char* created_at = "created_at";
inline constexpr const char* greenfield = "greenfield";
inline constexpr const char* attempts = "attempts";
inline constexpr const char* payload = "payload";
inline constexpr const char* completed_at = "completed_at";
inline constexpr const char* failed_attempts = "failed_attempts";
inline constexpr const char* due = "desired_launch_time";
inline constexpr const char* closed_at = "closed_at";
inline constexpr const char* status = "labourer_id_task_status";
inline constexpr const char* token = "sosw_token";
inline constexpr const char* invoked_at = "sosw_invoked_at";
inline constexpr const char* stats = "sosw_stats";
inline constexpr const char* result = "sosw_result";
inline constexpr const char* reason = "sosw_reason";
inline constexpr const char* priority = "sosw_priority";
inline constexpr const char* move = "sosw_move";  ///< the transaction that moved the row to its table
}  // namespace field

/// A row left by another system's late report, and rows of ours that are not tasks, have no labourer.
bool is_task(const Item& row);

/// Accepts any row, whatever it holds or lacks; never throws.
Task task_from(const Item& row);
TaskRecord record_from(TaskRecord::Table, const Item& row);

/// Changes the row from one state of the task to another: differing attributes are set, nothing else is
/// touched. Workers' texts are set by set_said().
Item restood(Item row, const Task& before, const Task& now);

Item new_row(const Task&, Priority);
Priority priority_of_row(const Item& row);

/// Rows are limited to 400 KB. The rest is for workers' texts.
inline constexpr std::size_t kLargestPayload = 300'000;

/// An upper estimate of the bytes that DynamoDB counts.
std::size_t size_of(const Item& row);

/// Whether a text of that many bytes can be added to a row.
bool has_room(const Item& row, std::size_t bytes);

/// A worker's texts, unless empty: unchanged, and for JSON objects each of their members as stat_<name> and
/// result_<name> too, for other tools. What does not fit into the row is left out, and a note says so.
void set_said(Item& row, const std::string& stats, const std::string& result, const std::string& reason);

/// "<labourer>_1" completed, "_0" dead, "_2" cancelled.
std::string closed_status(const std::string& labourer_id, TaskRecord::Closed);

/// The row in the closed or in the retry table.
Item closed_row(Item row, TaskRecord::Closed, Time closed_at);
Item waiting_row(Item row, Time due);

}  // namespace sosw::aws
