#include "essentials/worker_assistant.h"

#include <array>

#include "sosw/model/labourer.h"

#include "text/json.h"

namespace sosw {
namespace {

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// stats and result are objects, or JSON text of one; whatever else a result is goes under "value"
/// (SPEC 13.21).
std::string object_at(const Json& report, const char* key) {
  const auto found = report.find(key);
  if (found == report.end() || found->is_null()) return "";
  Json value = *found;
  if (value.is_string())
    if (Json parsed = Json::parse(value.get<std::string>(), nullptr, false); parsed.is_object())
      value = std::move(parsed);
  return value.is_object() ? value.dump() : Json{{"value", value}}.dump();
}

bool succeeded(const Json& report) {
  const std::string action = text_at(report, "action");
  if (action == "mark_task_as_completed") return true;
  if (action == "mark_task_as_failed") return false;
  throw InvalidReport("action: must be mark_task_as_completed or mark_task_as_failed, got " +
                      report.value("action", Json()).dump());
}

Report parse_report(std::string_view event) {
  const Json parsed = Json::parse(event, nullptr, false);
  if (!parsed.is_object()) throw InvalidReport("a report must be a JSON object with action and task_id");
  Report report;
  report.succeeded = succeeded(parsed);
  report.task_id = text_at(parsed, "task_id");
  if (report.task_id.empty()) throw InvalidReport("task_id: must be the text that the worker received");
  const std::string token = text_at(parsed.value("sosw", Json::object()), "token");
  if (!token.empty()) report.token = token;
  report.stats = object_at(parsed, "stats");
  report.result = object_at(parsed, "result");
  report.reason = text_at(parsed, "reason");
  if (!report.succeeded && report.reason.empty()) report.reason = "the worker reported a failure";
  return report;
}

}  // namespace

WorkerAssistant::WorkerAssistant(const Settings& settings, TaskStore& tasks, EventLog& events, Clock& clock)
    : settings_(settings), tasks_(tasks), events_(events), clock_(clock) {}

std::string WorkerAssistant::labourer_of(const std::string& task_id) {
  const std::vector<Task> open = tasks_.find_open({&task_id, 1});
  return open.empty() ? "" : open.front().labourer_id;
}

ReportOutcome WorkerAssistant::handle(std::string_view event) {
  Report report = parse_report(event);
  report.now = clock_.now();
  std::string labourer_id = labourer_of(report.task_id);
  const auto labourer = settings_.labourers.find(labourer_id);
  report.lapse = labourer == settings_.labourers.end() ? Labourer{}.lapse() : labourer->second.lapse();
  const ReportOutcome outcome = tasks_.report({&report, 1}).front();
  if (outcome == ReportOutcome::recorded) {
    if (labourer_id.empty()) labourer_id = labourer_of(report.task_id);  // it was brought back in between
    if (labourer_id.empty()) return outcome;                             // and is closed already
    const TaskEvent marked{report.task_id, labourer_id,
                           report.succeeded ? TaskAction::marked_as_completed : TaskAction::marked_as_failed,
                           report.now, report.succeeded ? "" : Json{{"reason", report.reason}}.dump()};
    events_.record({&marked, 1});
  }
  return outcome;
}

}  // namespace sosw
