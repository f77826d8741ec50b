#include "store/dynamo/dynamo_rows.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/clients/row_mapper.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr double kLargestNumber = 1e125;
constexpr double kSmallestNumber = 1e-129;
constexpr int kDeepest = 24;  // of nested values; DynamoDB's limit is 32
constexpr std::size_t kLargestRow = 400'000;
constexpr std::size_t kReserve = 4'000;         // for what other steps add
constexpr std::size_t kMostMembers = 64;        // so that an update's expression stays below 4 KB
constexpr std::size_t kLargestSpread = 16'000;  // that is stored member by member too

std::string task_text(const Item& row, const char* name) {
  const AttributeValue* value = find(row, name);
  const std::string* text = value ? std::get_if<std::string>(&value->value) : nullptr;
  return text ? *text : "";
}

std::optional<double> real_in(const Item& row, const char* name) {
  const AttributeValue* value = find(row, name);
  if (!value || !std::holds_alternative<AttributeValue::Number>(value->value)) return std::nullopt;
  try {
    return value->real();
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<Time> time_in(const Item& row, const char* name) {
  const auto value = real_in(row, name);
  return value ? std::optional(Time(*value)) : std::nullopt;
}

std::int64_t integer_in(const Item& row, const char* name) {
  const auto value = real_in(row, name);
  if (!value || std::abs(*value) > 9e18) return 0;
  try {
    return row.at(name).integer();
  } catch (const std::invalid_argument&) {
    return static_cast<std::int64_t>(*value);
  }
}

/// JSON within DynamoDB's limits; a number out of its range becomes text.
AttributeValue value_of(const json& value, int depth = 0) {
  if (depth == kDeepest && value.is_structured()) return value.dump();
  switch (value.type()) {
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::boolean:
      return AttributeValue::boolean(value.get<bool>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return AttributeValue::Number{value.dump()};
    case json::value_t::number_float: {
      const double number = value.get<double>();
      const double size = std::abs(number);
      if (number != 0 && (size > kLargestNumber || size < kSmallestNumber)) return value.dump();
      return number;
    }
    case json::value_t::array: {
      AttributeValue::List list;
      for (const json& entry : value) list.push_back(value_of(entry, depth + 1));
      return list;
    }
    case json::value_t::object: {
      Item map;
      for (const auto& [name, entry] : value.items()) map.emplace(name, value_of(entry, depth + 1));
      return map;
    }
    default:
      return {};
  }
}

/// For a row whose worker's texts another system wrote: the members that begin with the prefix.
std::string said(const Item& row, const char* name, std::string_view prefix) {
  if (std::string text = task_text(row, name); !text.empty()) return text;
  Item members;
  for (auto it = row.lower_bound(std::string(prefix)); it != row.end() && it->first.starts_with(prefix); ++it)
    members.emplace(it->first.substr(prefix.size()), it->second);
  return members.empty() ? "" : RowMapper({}).to_row(members).dump();
}

std::size_t size_of_value(const AttributeValue& value) {
  constexpr std::size_t kOfOthers = 24;
  if (const auto* text = std::get_if<std::string>(&value.value)) return text->size();
  if (const auto* map = std::get_if<Item>(&value.value)) return 3 + map->size() + size_of(*map);
  std::size_t size = kOfOthers;
  if (const auto* list = std::get_if<AttributeValue::List>(&value.value))
    for (const AttributeValue& entry : *list) size += 1 + size_of_value(entry);
  return size;
}

void set_text(Item& row, const char* name, const std::string& text) {
  if (text.empty()) return;
  row.erase(name);
  const bool fits = has_room(row, text.size());
  row.insert_or_assign(
      name,
      fits ? text
           : fmt::format(R"({{"sosw_left_out": "{} bytes are more than the row can hold"}})", text.size()));
}

/// Member by member, if not too large.
void spread(Item& row, const char* prefix, const std::string& text) {
  if (text.empty() || text.size() > kLargestSpread) return;
  const json document = json_or_discarded<json>(text);
  if (!document.is_object() || document.size() > kMostMembers || size_of(row) + 2 * text.size() > kLargestRow)
    return;
  for (const auto& [member, value] : document.items()) row.insert_or_assign(prefix + member, value_of(value));
}

}  // namespace

bool is_task(const Item& row) { return !task_text(row, field::labourer_id).empty(); }

Task task_from(const Item& row) {
  return {.task_id = task_text(row, field::task_id),
          .labourer_id = task_text(row, field::labourer_id),
          .created_at = time_in(row, field::created_at).value_or(Time()),
          .greenfield = integer_in(row, field::greenfield),
          .attempts = static_cast<int>(integer_in(row, field::attempts)),
          .payload = task_text(row, field::payload),
          .token = task_text(row, field::token),
          .invoked_at = time_in(row, field::invoked_at),
          .completed_at = time_in(row, field::completed_at),
          .failed_attempts = static_cast<int>(integer_in(row, field::failed_attempts)),
          .stats = said(row, field::stats, "stat_"),
          .result = said(row, field::result, "result_"),
          .reason = task_text(row, field::reason)};
}

TaskRecord record_from(TaskRecord::Table table, const Item& row) {
  TaskRecord record{.task = task_from(row), .table = table};
  if (table == TaskRecord::Table::retry) record.due = time_in(row, field::due);
  if (table != TaskRecord::Table::closed) return record;
  record.closed_at = time_in(row, field::closed_at);
  const std::string status = task_text(row, field::status);
  record.closed = status.ends_with("_0")   ? TaskRecord::Closed::dead
                  : status.ends_with("_2") ? TaskRecord::Closed::cancelled
                                           : TaskRecord::Closed::completed;
  return record;
}

Item restood(Item row, const Task& before, const Task& now) {
  if (now.greenfield != before.greenfield) row.insert_or_assign(field::greenfield, now.greenfield);
  if (now.attempts != before.attempts) row.insert_or_assign(field::attempts, now.attempts);
  if (now.failed_attempts != before.failed_attempts)
    row.insert_or_assign(field::failed_attempts, now.failed_attempts);
  if (now.invoked_at && now.invoked_at != before.invoked_at)
    row.insert_or_assign(field::invoked_at, *now.invoked_at);
  if (now.completed_at && now.completed_at != before.completed_at)
    row.insert_or_assign(field::completed_at, *now.completed_at);
  if (now.reason.empty() && !before.reason.empty()) row.insert_or_assign(field::reason, "");
  return row;
}

Item new_row(const Task& task, Priority priority) {
  Item row{{field::task_id, task.task_id},       {field::labourer_id, task.labourer_id},
           {field::created_at, task.created_at}, {field::greenfield, task.greenfield},
           {field::attempts, task.attempts},     {field::payload, task.payload}};
  if (priority != Priority::normal) row.emplace(field::priority, std::string(to_string(priority)));
  return row;
}

Priority priority_of_row(const Item& row) {
  return priority_from(task_text(row, field::priority)).value_or(Priority::normal);
}

std::size_t size_of(const Item& row) {
  std::size_t size = 0;
  for (const auto& [name, value] : row) size += name.size() + size_of_value(value);
  return size;
}

bool has_room(const Item& row, std::size_t bytes) { return size_of(row) + bytes + kReserve < kLargestRow; }

void set_said(Item& row, const std::string& stats, const std::string& result, const std::string& reason) {
  set_text(row, field::reason, reason);
  set_text(row, field::stats, stats);
  set_text(row, field::result, result);
  spread(row, "stat_", stats);
  spread(row, "result_", result);
}

std::string closed_status(const std::string& labourer_id, TaskRecord::Closed closed) {
  switch (closed) {
    case TaskRecord::Closed::dead:
      return labourer_id + "_0";
    case TaskRecord::Closed::cancelled:
      return labourer_id + "_2";
    case TaskRecord::Closed::completed:
      break;
  }
  return labourer_id + "_1";
}

Item closed_row(Item row, TaskRecord::Closed closed, Time closed_at) {
  row.insert_or_assign(field::closed_at, closed_at);
  row.insert_or_assign(field::status, closed_status(task_text(row, field::labourer_id), closed));
  if (closed == TaskRecord::Closed::completed) row.try_emplace(field::completed_at, closed_at);
  row.try_emplace(field::greenfield, 0);
  row.try_emplace(field::attempts, 0);
  row.erase(field::due);
  return row;
}

Item waiting_row(Item row, Time due) {
  row.insert_or_assign(field::due, due);
  return row;
}

}  // namespace sosw::aws
