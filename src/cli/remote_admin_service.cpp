#include "cli/remote_admin_service.h"

#include <fmt/format.h>

#include "http/client/server_call.h"
#include "text/json.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr Seconds kCallTimeout = 600;  // a large job takes a while to cancel
constexpr Seconds kProbeTimeout = 2;

std::string target_of(const std::vector<std::string_view>& path) {
  std::string target = "/api/v1";
  for (const std::string_view step : path) target += '/' + url_escaped(step);
  return target;
}

/// Throws what the engine's own admin service threw.
[[noreturn]] void rethrow(const ServerAnswer& answer, const std::string& url) {
  const Json body = json_or_discarded(answer.body, kDeepestJsonOfEngine);
  const Json error = body.is_object() ? body.value("error", Json()) : Json();
  if (answer.status == 0 || !error.is_object())
    throw StoreError(fmt::format("the engine at {}: {}", url, answer.problem));
  const std::string message = error.value("message", "");
  const std::string code = error.value("code", "");
  if (code == "invalid_job") throw InvalidJob(message);
  if (answer.status >= 500) throw StoreError(message);
  throw Error(message);
}

}  // namespace

bool RemoteAdminService::answers() const {
  const std::string url = url_ + "/api/v1/openapi.json";  // the cheapest resource that requires the token
  return call_server({.url = url, .token = token_, .timeout = kProbeTimeout}).problem.empty();
}

std::string RemoteAdminService::status() { return get({"status"}); }
std::string RemoteAdminService::labourers() { return get({"labourers"}); }
std::string RemoteAdminService::labourer(const std::string& id) { return get({"labourers", id}); }
std::string RemoteAdminService::jobs(const JobQuery& query) {
  const auto text = [](std::optional<Time> time) {
    return time ? fmt::format("{}", time->since_epoch()) : "";
  };
  return get({"jobs"}, {{"labourer", query.labourer_id},
                        {"state", query.state},
                        {"from", text(query.from)},
                        {"until", text(query.until)},
                        {"text", query.text},
                        {"limit", std::to_string(query.at_most)},
                        {"after", query.after}});
}
std::string RemoteAdminService::cells(const std::string& job_id, std::size_t at_most) {
  return get({"jobs", job_id, "cells"}, {{"cells", std::to_string(at_most)}});
}
std::string RemoteAdminService::job(const std::string& id_or_beginning, bool with_document) {
  return get({"jobs", id_or_beginning}, {{"document", with_document ? "" : "no"}});
}
std::string RemoteAdminService::tasks(const TaskQuery& query) {
  return get({"tasks"}, {{"labourer", query.labourer_id},
                         {"job", query.job_id},
                         {"state", query.state},
                         {"limit", std::to_string(query.at_most)},
                         {"after", query.after}});
}
std::string RemoteAdminService::task(const std::string& task_id) { return get({"tasks", task_id}); }
std::string RemoteAdminService::rules() { return get({"rules"}); }

std::string RemoteAdminService::set_paused(const std::string& labourer_id, bool paused) {
  return post({"labourers", labourer_id, paused ? "pause" : "resume"}, "{}");
}
std::string RemoteAdminService::set_limit(const std::string& labourer_id, std::optional<int> limit) {
  return post({"labourers", labourer_id, "limit"},
              to_text({{"limit", limit ? Json(*limit) : Json(nullptr)}}));
}
std::string RemoteAdminService::retry(std::span<const std::string> task_ids) {
  return post({"tasks", "retry"}, to_text({{"task_ids", task_ids}}));
}
std::string RemoteAdminService::retry_dead(const std::string& labourer_id) {
  return post({"tasks", "retry"}, to_text({{"dead_of", labourer_id}}));
}
std::string RemoteAdminService::retry_dead_of_job(const std::string& id_or_beginning) {
  return post({"tasks", "retry"}, to_text({{"dead_of_job", id_or_beginning}}));
}
std::string RemoteAdminService::cancel(std::span<const std::string> task_ids) {
  return post({"tasks", "cancel"}, to_text({{"task_ids", task_ids}}));
}
std::string RemoteAdminService::cancel_job(const std::string& id_or_beginning) {
  return post({"jobs", id_or_beginning, "cancel"}, "{}");
}
std::string RemoteAdminService::schedule(const JsonText& event) { return post({"jobs"}, event.text()); }
std::string RemoteAdminService::plan(const JsonText& event) { return post({"jobs", "plan"}, event.text()); }
std::string RemoteAdminService::trigger_rule(const std::string& name) {
  return post({"rules", name, "trigger"}, "{}");
}

std::string RemoteAdminService::get(const Path& path, const Query& query) const {
  std::string target = target_of(path);
  char mark = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += fmt::format("{}{}={}", mark, name, url_escaped(value));
    mark = '&';
  }
  return ask(target, "");
}

std::string RemoteAdminService::post(const Path& path, std::string json) const {
  return ask(target_of(path), std::move(json));
}

std::string RemoteAdminService::ask(const std::string& target, std::string json) const {
  ServerAnswer answer =
      call_server({.url = url_ + target, .token = token_, .json = std::move(json), .timeout = kCallTimeout});
  if (!answer.problem.empty()) rethrow(answer, url_);
  if (answer.body.ends_with('\n')) answer.body.pop_back();
  return std::move(answer.body);
}

}  // namespace sosw
