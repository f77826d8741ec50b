#include "store/dynamo/event_rows.h"

#include <exception>

#include <nlohmann/json.hpp>

#include "aws/clients/row_mapper.h"
#include "store/dynamo/dynamo_rows.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

/// Texts stay texts, also those that look like numbers.
Item attributes_of(const std::string& details) {
  if (details.empty() || details.size() > kLargestPayload) return {};
  const json parsed = json_or_discarded<json>(details);
  if (!parsed.is_object()) return {};
  RowMapper::Types types;
  for (const auto& [name, value] : parsed.items())
    if (value.is_string()) types.emplace(name, "S");
  try {
    return RowMapper(std::move(types)).to_item(parsed, false);
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

Item event_row(const TaskEvent& event, const EventAuthor& author) {
  Item row{{field::task_id, event.task_id},
           {field::labourer_id, event.labourer_id},
           {field::created_at, event.created_at},
           {"action", std::string(to_string(event.action))},
           {"author", author.function},
           {"invocation_id", author.invocation_id},
           {"log_stream_name", author.log_stream_name},
           {kOwnEvent, AttributeValue::boolean(true)}};
  if (event.action == TaskAction::created) row.emplace("labourer", event.labourer_id);
  row.merge(attributes_of(event.details));
  return row;
}

std::optional<TaskEvent> event_from(const Item& row) {
  const AttributeValue* name = find(row, "action");
  const auto action = name ? task_action_from(name->text()) : std::nullopt;
  if (!action) return std::nullopt;
  const Task task = task_from(row);
  TaskEvent event{task.task_id, task.labourer_id, *action, task.created_at, ""};
  Item details = row;
  for (const char* own : {field::task_id, field::labourer_id, field::created_at, "action", "author",
                          "invocation_id", "log_stream_name", "labourer", kOwnEvent})
    details.erase(own);
  if (!details.empty()) event.details = RowMapper({}).to_row(details).dump();
  return event;
}

}  // namespace sosw::aws
