#include "essentials/worker_assistant.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "sosw/model/labourer.h"

#include "text/json.h"
#include "text/json_text.h"

namespace sosw {
namespace {

std::string text_at(std::string_view object, std::string_view key) {
  const std::string_view found = find_member(object, key);
  return is_text(found) ? decoded(found) : "";
}

/// The content of a text, if that is an object within the limits.
std::optional<JsonText> object_in(const std::string& text) {
  try {
    JsonText parsed(text);
    if (is_object(parsed)) return parsed;
  } catch (const InvalidJson&) {  // it is plain text
  }
  return std::nullopt;
}

/// stats and result are objects, or JSON text of one; whatever else a result is goes under "value"
/// (SPEC 13.21).
std::string object_at(std::string_view report, std::string_view key) {
  const std::string_view value = find_member(report, key);
  if (value.empty() || is_null(value)) return "";
  if (is_object(value)) return std::string(value);
  if (is_text(value))
    if (const auto object = object_in(decoded(value))) return object->text();
  return fmt::format(R"({{"value":{}}})", value);
}

bool succeeded(std::string_view report) {
  const std::string action = text_at(report, "action");
  if (action == "mark_task_as_completed") return true;
  if (action == "mark_task_as_failed") return false;
  const std::string_view given = find_member(report, "action");
  throw InvalidReport("action: must be mark_task_as_completed or mark_task_as_failed, got " +
                      (given.empty() ? "none" : shown(given)));
}

/// For a report that is nested too deeply, only its task, so that the task fails at once; `problem` says so.
/// Throws InvalidJson for anything else.
JsonText read_report(std::string_view event, std::string& problem) {
  constexpr int levels_of_task_id_and_token = 2;
  try {
    return JsonText(event);
  } catch (const InvalidJson& error) {
    problem = fmt::format("its report {}", error.what());
    return JsonText(shallow_json(event, levels_of_task_id_and_token));
  }
}

Report parse_report(const JsonText& object, const std::string& problem) {
  if (!is_object(object)) throw InvalidReport("a report must be a JSON object with action and task_id");
  Report report;
  report.succeeded = succeeded(object) && problem.empty();
  report.task_id = text_at(object, "task_id");
  if (report.task_id.empty()) throw InvalidReport("task_id: must be the text that the worker received");
  const std::string_view sosw = find_member(object, "sosw");
  const std::string token = is_object(sosw) ? text_at(sosw, "token") : "";
  if (!token.empty()) report.token = token;
  report.reason = text_at(object, "reason");
  if (!report.succeeded && report.reason.empty())
    report.reason = problem.empty() ? "the worker reported a failure" : problem;
  if (!problem.empty()) return report;
  report.stats = object_at(object, "stats");
  report.result = object_at(object, "result");
  return report;
}

Report parse_report(std::string_view event) {
  try {
    std::string problem;
    const JsonText object = read_report(event, problem);
    return parse_report(object, problem);
  } catch (const InvalidJson& error) {
    throw InvalidReport(fmt::format("the report {}", error.what()));
  }
}

}  // namespace

WorkerAssistant::WorkerAssistant(const Settings& settings, TaskStore& tasks, EventLog& events, Clock& clock)
    : settings_(settings), tasks_(tasks), events_(events), clock_(clock) {}

Seconds WorkerAssistant::attempt_timeout_of(const std::string& task_id) {
  const std::vector<Task> open = tasks_.find_open({&task_id, 1});
  const auto labourer = settings_.labourers.find(open.empty() ? "" : open.front().labourer_id);
  return labourer == settings_.labourers.end() ? Labourer{}.attempt_timeout()
                                               : labourer->second.attempt_timeout();
}

ReportOutcome WorkerAssistant::handle(std::string_view event) {
  Report report = parse_report(event);
  report.now = clock_.now();
  if (!report.succeeded) report.attempt_timeout = attempt_timeout_of(report.task_id);
  const auto [outcome, labourer_id] = tasks_.report({&report, 1}).front();
  if (outcome == ReportOutcome::recorded) {
    const TaskEvent marked{report.task_id, labourer_id,
                           report.succeeded ? TaskAction::marked_as_completed : TaskAction::marked_as_failed,
                           report.now, report.succeeded ? "" : Json{{"reason", report.reason}}.dump()};
    events_.record({&marked, 1});
  }
  return outcome;
}

}  // namespace sosw
