#include "api/json_routes.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "text/json_text.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kLongestPage = 100'000;

AdminError invalid(const std::string& what) { return {AdminError::Kind::invalid, what}; }

void require_known(std::string_view name, std::string_view kind, std::span<const std::string_view> known) {
  if (std::ranges::find(known, name) != known.end()) return;
  const std::string hint = did_you_mean(name, known);
  throw invalid(fmt::format(
      "{}: is no {} here{}", name, kind,
      hint.empty() && !known.empty() ? fmt::format("; known: {}", fmt::join(known, ", ")) : hint));
}

Json parse_object(const std::string& text) {
  if (text.empty()) return Json::object();
  try {
    Json body = parse_json(text);
    if (body.is_object()) return body;
  } catch (const InvalidJson& error) {
    throw invalid(fmt::format("the body {}", error.what()));
  }
  throw invalid("the body must be a JSON object");
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end()) return "";
  if (!found->is_string()) throw invalid(fmt::format("{}: must be a text", key));
  return *found;
}

std::vector<std::string> task_ids_in(const Json& body) {
  const auto found = body.find("task_ids");
  if (found == body.end()) return {};
  std::vector<std::string> ids;
  if (found->is_array())
    for (const Json& id : *found)
      if (id.is_string()) ids.push_back(id);
  if (ids.empty() || ids.size() != found->size()) throw invalid("task_ids: must be a list of task ids");
  return ids;
}

std::optional<int> limit_in(const Json& body) {
  const auto found = body.find("limit");
  if (found != body.end() && found->is_null()) return std::nullopt;
  if (found == body.end() || !found->is_number_integer() || *found < 0 || *found > 1'000'000)
    throw invalid("limit: must be a whole number from 0 to 1000000, or null to lift the limit");
  return found->get<int>();
}

std::string tasks(AdminService& admin, const ApiCall& call) {
  return admin.tasks({.labourer_id = call.text("labourer"),
                      .job_id = call.text("job"),
                      .state = call.text("state"),
                      .at_most = call.at_most(),
                      .after = call.text("after")});
}

std::string jobs(AdminService& admin, const ApiCall& call) {
  return admin.jobs({.labourer_id = call.text("labourer"),
                     .state = call.text("state"),
                     .from = call.time("from"),
                     .until = call.time("until"),
                     .text = call.text("text"),
                     .at_most = call.at_most(),
                     .after = call.text("after")});
}

std::string job(AdminService& admin, const ApiCall& call) {
  const std::string document = call.text("document");
  if (!document.empty() && document != "no")
    throw invalid(fmt::format("document: {} must be no, or left out", document));
  return admin.job(call.id, document.empty());
}

std::string cells(AdminService& admin, const ApiCall& call) {
  return admin.cells(call.id, call.number("cells", 300, kLongestPage));
}

std::string retry(AdminService& admin, const ApiCall& call) {
  const auto ids = task_ids_in(call.body);
  const std::string dead_of = text_in(call.body, "dead_of");
  const std::string dead_of_job = text_in(call.body, "dead_of_job");
  if (!ids.empty() + !dead_of.empty() + !dead_of_job.empty() != 1)
    throw invalid("give either task_ids, a list of task ids, or dead_of, a labourer, or dead_of_job, a job");
  if (!ids.empty()) return admin.retry(ids);
  return dead_of.empty() ? admin.retry_dead_of_job(dead_of_job) : admin.retry_dead(dead_of);
}

std::string cancel(AdminService& admin, const ApiCall& call) {
  const auto ids = task_ids_in(call.body);
  if (ids.empty()) throw invalid("task_ids: give a list of task ids");
  return admin.cancel(ids);
}

JsonText job_in(const ApiCall& call) {
  if (call.request.body.empty()) throw invalid("the body is empty: POST the job, a JSON object");
  try {
    return JsonText(call.request.body);
  } catch (const InvalidJson& error) {
    throw invalid(fmt::format("the body {}", error.what()));
  }
}

}  // namespace

std::span<const Route> admin_routes() {
  using Call = const ApiCall&;
  static const std::vector<Route> routes = {
      {"GET", "status", [](AdminService& admin, Call) { return admin.status(); }},
      {"GET", "labourers", [](AdminService& admin, Call) { return admin.labourers(); }},
      {"GET", "labourers/{id}", [](AdminService& admin, Call call) { return admin.labourer(call.id); }},
      {"POST", "labourers/{id}/pause",
       [](AdminService& admin, Call call) { return admin.set_paused(call.id, true); }},
      {"POST", "labourers/{id}/resume",
       [](AdminService& admin, Call call) { return admin.set_paused(call.id, false); }},
      {"POST",
       "labourers/{id}/limit",
       [](AdminService& admin, Call call) { return admin.set_limit(call.id, limit_in(call.body)); },
       {},
       {"limit"}},
      {.method = "GET",
       .path = "jobs",
       .answer = jobs,
       .parameters = {"labourer", "state", "from", "until", "text", "limit", "after"},
       .workload = Workload::large},
      {.method = "POST",
       .path = "jobs",
       .answer = [](AdminService& admin, Call call) { return admin.schedule(job_in(call)); },
       .status = 201},
      {.method = "POST",
       .path = "jobs/plan",
       .answer = [](AdminService& admin, Call call) { return admin.plan(job_in(call)); },
       .workload = Workload::large,
       .only_looks = true},
      {"GET", "jobs/{id}", job, {"document"}},
      {.method = "GET",
       .path = "jobs/{id}/cells",
       .answer = cells,
       .parameters = {"cells"},
       .workload = Workload::large},
      {.method = "POST",
       .path = "jobs/{id}/cancel",
       .answer = [](AdminService& admin, Call call) { return admin.cancel_job(call.id); },
       .workload = Workload::slow},
      {.method = "GET",
       .path = "tasks",
       .answer = tasks,
       .parameters = {"labourer", "job", "state", "limit", "after"},
       .workload = Workload::large},
      {"GET", "tasks/{id}", [](AdminService& admin, Call call) { return admin.task(call.id); }},
      {.method = "POST",
       .path = "tasks/retry",
       .answer = retry,
       .keys = {"task_ids", "dead_of", "dead_of_job"},
       .workload = Workload::slow},
      {"POST", "tasks/cancel", cancel, {}, {"task_ids"}},
      {"GET", "rules", [](AdminService& admin, Call) { return admin.rules(); }},
      {.method = "POST",
       .path = "rules/{id}/trigger",
       .answer = [](AdminService& admin, Call call) { return admin.trigger_rule(call.id); },
       .status = 201},
  };
  return routes;
}

std::string ApiCall::text(const char* parameter) const {
  return std::string(request.parameter(parameter).value_or(""));
}

std::size_t ApiCall::at_most() const { return number("limit", 50, kLongestPage); }

std::size_t ApiCall::number(const char* parameter, std::size_t otherwise, std::size_t most) const {
  const auto given = request.parameter(parameter);
  if (!given) return otherwise;
  std::size_t number = 0;
  const auto read = std::from_chars(given->data(), given->data() + given->size(), number);
  if (read.ec != std::errc() || read.ptr != given->data() + given->size() || number == 0 || number > most)
    throw invalid(fmt::format("{}: {} must be a whole number from 1 to {}", parameter, *given, most));
  return number;
}

std::optional<Time> ApiCall::time(const char* parameter) const {
  const auto given = request.parameter(parameter);
  if (!given || given->empty()) return std::nullopt;
  Seconds time = 0;
  const auto read = std::from_chars(given->data(), given->data() + given->size(), time);
  if (read.ec != std::errc() || read.ptr != given->data() + given->size() || !std::isfinite(time))
    throw invalid(fmt::format("{}: {} must be a time, in Unix seconds", parameter, *given));
  return Time(time);
}

bool matches(std::string_view pattern, std::span<const std::string> steps, std::string& id) {
  for (const std::string& step : steps) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    if (wanted == "{id}")
      id = step;
    else if (wanted != step || wanted.empty())
      return false;
    pattern.remove_prefix(std::min(pattern.size(), wanted.size() + 1));
  }
  return pattern.empty();
}

ApiCall parse_call(const Route& route, const web::Request& request, std::string id) {
  ApiCall call{request, std::move(id), nullptr};
  for (const auto& [name, value] : request.query) require_known(name, "parameter", route.parameters);
  if (route.method == "GET" || route.path == "jobs" || route.path == "jobs/plan") return call;
  call.body = parse_object(request.body);
  for (const auto& [key, value] : call.body.items()) require_known(key, "key of the body", route.keys);
  return call;
}

}  // namespace sosw
