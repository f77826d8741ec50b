#include "cli/task_view.h"

#include "sosw/essentials/json.h"
#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

namespace sosw {
namespace {

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A field whose text is JSON already; what is none becomes a JSON string.
std::string raw_field(std::string_view name, const std::string& text) {
  if (text.empty()) return "";
  return ',' + dump(name) + ':' + (Json::accept(text) ? text : dump(text));
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

std::string_view to_string(TaskView view) {
  switch (view) {
    case TaskView::queued:
      return "queued";
    case TaskView::running:
      return "running";
    case TaskView::overdue:
      return "overdue";
    case TaskView::retrying:
      return "retrying";
    case TaskView::waiting:
      return "waiting";
    case TaskView::completed:
      return "completed";
    case TaskView::dead:
      return "dead";
    case TaskView::cancelled:
      return "cancelled";
  }
  return "";
}

Colour colour_of(TaskView view) {
  switch (view) {
    case TaskView::completed:
      return Colour::green;
    case TaskView::dead:
      return Colour::red;
    case TaskView::overdue:
    case TaskView::retrying:
    case TaskView::cancelled:
      return Colour::yellow;
    default:
      return Colour::none;
  }
}

TaskView view_of(const TaskRecord& record, Time now, const Settings* settings) {
  switch (record.table) {
    case TaskRecord::Table::retry:
      return record.task.attempts > 0 ? TaskView::retrying : TaskView::waiting;
    case TaskRecord::Table::closed:
      return record.closed == TaskRecord::Closed::completed ? TaskView::completed
             : record.closed == TaskRecord::Closed::dead    ? TaskView::dead
                                                            : TaskView::cancelled;
    case TaskRecord::Table::queue:
      break;
  }
  Seconds lapse = Labourer{}.lapse();
  if (settings)
    if (const auto labourer = settings->labourers.find(record.task.labourer_id);
        labourer != settings->labourers.end())
      lapse = labourer->second.lapse();
  switch (state_of(record.task, now, lapse)) {
    case TaskState::queued:
      return TaskView::queued;
    case TaskState::running:
      return TaskView::running;
    case TaskState::expired:
      return TaskView::overdue;
    case TaskState::completed:
      return TaskView::completed;
  }
  return TaskView::queued;
}

Time since(const TaskRecord& record) {
  if (record.closed_at) return *record.closed_at;
  if (record.due) return *record.due;
  if (record.task.completed_at) return *record.task.completed_at;
  if (record.task.greenfield > kGreenfieldDelta && record.task.invoked_at) return *record.task.invoked_at;
  return record.task.created_at;
}

std::string json_of(const TaskRecord& record, TaskView view, const std::vector<TaskEvent>* history) {
  const Task& task = record.task;
  Json fields = {{"task_id", task.task_id},
                 {"labourer_id", task.labourer_id},
                 {"job_id", or_null(job_id_of(task.task_id))},
                 {"state", to_string(view)},
                 {"created_at", task.created_at},
                 {"greenfield", task.greenfield},
                 {"attempts", task.attempts},
                 {"failed_attempts", task.failed_attempts},
                 {"invoked_at", or_null(task.invoked_at)},
                 {"due", or_null(record.due)},
                 {"completed_at", or_null(task.completed_at)},
                 {"closed_at", or_null(record.closed_at)},
                 {"reason", task.reason}};
  if (history) {
    Json events = Json::array();
    for (const TaskEvent& event : *history) {
      Json entry = {{"action", to_string(event.action)}, {"created_at", event.created_at}};
      if (!event.details.empty())
        entry["details"] = Json::parse(event.details, nullptr, /*allow_exceptions=*/false);
      events.push_back(std::move(entry));
    }
    fields["history"] = std::move(events);
  }
  std::string text = dump(fields);
  text.pop_back();
  return text + raw_field("payload", task.payload) + raw_field("stats", task.stats) +
         raw_field("result", task.result) + '}';
}

}  // namespace sosw
