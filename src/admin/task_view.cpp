#include "admin/task_view.h"

#include <algorithm>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "text/json_text.h"

namespace sosw {
namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// When it entered its state, or, for a waiting one, when it is due.
Time since(const TaskRecord& record) {
  if (record.closed_at) return *record.closed_at;
  if (record.due) return *record.due;
  if (record.task.completed_at) return *record.task.completed_at;
  if (record.task.greenfield > kGreenfieldDelta && record.task.invoked_at) return *record.task.invoked_at;
  return record.task.created_at;
}

Json lines_of(std::string_view text) {
  Json lines = Json::array();
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    lines.push_back(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  return lines;
}

/// The history, and separately the output of attempts, which is in the events that end them.
void add_history(Json& fields, const std::vector<TaskEvent>& history) {
  Json events = Json::array();
  Json log = Json::array();
  int attempt = 0;
  for (const TaskEvent& event : history) {
    if (event.action == TaskAction::invoked) ++attempt;
    Json entry = {{"action", to_string(event.action)}, {"created_at", event.created_at}};
    Json details = event.details.empty() ? Json() : json_or_discarded(event.details);
    if (const auto text = details.find("log"); text != details.end() && text->is_string()) {
      log.push_back({{"attempt", std::max(attempt, 1)},
                     {"ended_at", event.created_at},
                     {"lines", lines_of(text->get_ref<const std::string&>())}});
      details.erase(text);
    }
    if (!details.empty()) entry["details"] = std::move(details);
    events.push_back(std::move(entry));
  }
  fields["history"] = std::move(events);
  fields["log"] = std::move(log);
}

}  // namespace

std::string_view view_of(const TaskRecord& record, Time now, Seconds attempt_timeout) {
  switch (record.table) {
    case TaskRecord::Table::retry:
      return record.task.attempts > 0 ? "retrying" : "waiting";
    case TaskRecord::Table::closed:
      return record.closed == TaskRecord::Closed::completed ? "completed"
             : record.closed == TaskRecord::Closed::dead    ? "dead"
                                                            : "cancelled";
    case TaskRecord::Table::queue:
      break;
  }
  const TaskState state = state_of(record.task, now, attempt_timeout);
  return state == TaskState::expired ? "overdue" : to_string(state);
}

std::string json_of(const TaskRecord& record, std::string_view view, const std::vector<TaskEvent>* history) {
  const Task& task = record.task;
  Json fields = {{"task_id", task.task_id},
                 {"labourer_id", task.labourer_id},
                 {"job_id", or_null(job_id_of(task.task_id))},
                 {"state", view},
                 {"since", since(record)},
                 {"created_at", task.created_at},
                 {"greenfield", task.greenfield},
                 {"attempts", task.attempts},
                 {"failed_attempts", task.failed_attempts},
                 {"invoked_at", or_null(task.invoked_at)},
                 {"due", or_null(record.due)},
                 {"completed_at", or_null(task.completed_at)},
                 {"closed_at", or_null(record.closed_at)},
                 {"reason", task.reason}};
  if (history) add_history(fields, *history);
  std::string text = to_text(fields);
  for (const auto& [name, value] :
       {std::pair("payload", &task.payload), {"stats", &task.stats}, {"result", &task.result}})
    if (!value->empty()) add_member(text, name, *value);
  return text;
}

}  // namespace sosw
