#include "api/json_api.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "api/admin_thread.h"
#include "api/api_answers.h"
#include "api/json_routes.h"
#include "api/openapi.h"

namespace sosw {
namespace {

constexpr std::uint64_t kLargestJob = 32 << 20;  // bytes
constexpr std::uint64_t kLargestBody = 1 << 20;
constexpr int kLooksABeat = 30;
constexpr double kRests = 30;  // pause, as a multiple of the time that a look took
constexpr Seconds kLongestRest = 10;
constexpr std::string_view kEvents = "events";
constexpr std::string_view kActivity = "activity";
constexpr std::string_view kDescription = "openapi.json";

std::span<const std::string> steps_of(const web::Request& request) {
  return std::span(request.path).subspan(2);
}

bool is_job(const web::Request& request) {
  if (!JsonApi::serves(request)) return false;
  const auto steps = steps_of(request);
  return !steps.empty() && steps[0] == "jobs" &&
         (steps.size() == 1 || (steps.size() == 2 && steps[1] == "plan"));
}

int status_of(AdminError::Kind kind) {
  switch (kind) {
    case AdminError::Kind::invalid:
      return 400;
    case AdminError::Kind::not_found:
      return 404;
    case AdminError::Kind::ambiguous:
      return 409;
  }
  return 500;
}

/// Calls this and answers with its result, or with its error.
web::Answer answer_of(const std::function<web::Answer()>& body) {
  try {
    return body();
  } catch (const AdminError& error) {
    return api_error(status_of(error.kind), error.what());
  } catch (const InvalidJob& error) {
    return api_error(422, error.what());
  } catch (const StoreError& error) {
    return api_error(503, error.what());
  } catch (const std::exception& error) {
    spdlog::error("the JSON API: {}", error.what());
    return api_error(500, error.what());
  }
}

web::Answer method_not_allowed(const web::Request& request, const std::vector<std::string_view>& allowed) {
  const std::string methods = fmt::format("{}", fmt::join(allowed, ", "));
  web::Answer answer =
      api_error(405, fmt::format("{} is not for {}; {} is", request.method, request.target, methods));
  answer.headers.emplace_back("Allow", methods);
  return answer;
}

}  // namespace

JsonApi::JsonApi(Parts parts)
    : parts_(std::move(parts)),
      quick_(std::make_unique<AdminThread>(parts_.open_admin_service)),
      large_(std::make_unique<AdminThread>(parts_.open_admin_service)),
      slow_(std::make_unique<AdminThread>(parts_.open_admin_service)) {}

JsonApi::~JsonApi() = default;

bool JsonApi::serves(const web::Request& request) {
  return request.path.size() >= 2 && request.path[0] == "api" && request.path[1] == "v1";
}

std::uint64_t JsonApi::body_limit(const web::Request& request) const {
  return is_job(request) ? kLargestJob : kLargestBody;
}

web::Answer JsonApi::refusal(const web::Request&, int status, std::string_view message) {
  return api_error(status, message);
}

std::vector<std::string> JsonApi::routes() {
  std::vector<std::string> routes = {fmt::format("GET /api/v1/{}", kEvents),
                                     fmt::format("GET /api/v1/{}", kActivity),
                                     fmt::format("GET /api/v1/{}", kDescription)};
  for (const Route& route : admin_routes())
    routes.push_back(fmt::format("{} /api/v1/{}", route.method, route.path));
  return routes;
}

void JsonApi::handle(web::Request request, web::Reply reply) {
  const auto steps = steps_of(request);
  const std::string_view only = steps.size() == 1 ? std::string_view(steps[0]) : std::string_view();
  if (only == kEvents || only == kActivity || only == kDescription) {
    if (request.method != "GET") return reply.send(method_not_allowed(request, {"GET"}));
    if (only == kDescription) return reply.send({.body = std::string(openapi_document())});
    if (only == kActivity) return reply.send({.body = parts_.activity() + '\n'});
    return watch(request, reply);
  }
  std::vector<std::string_view> allowed;
  for (const Route& route : admin_routes()) {
    std::string id;
    if (!matches(route.path, steps, id)) continue;
    allowed.push_back(route.method);
    if (route.method != request.method) continue;
    AdminThread& thread = *(route.workload == Workload::slow    ? slow_
                            : route.workload == Workload::large ? large_
                                                                : quick_);
    auto work = [this, &route, &thread, request = std::move(request), id = std::move(id), reply] {
      web::Answer answer = answer_of([&]() -> web::Answer {
        const ApiCall call = parse_call(route, request, id);
        return {.status = route.status, .body = route.answer(thread.admin(), call) + '\n'};
      });
      if (route.method == "POST" && !route.only_looks && answer.status < 300) parts_.changed();
      reply.send(std::move(answer));
    };
    if (!thread.post(std::move(work)))
      reply.send(api_error(503, "too many requests wait already; try again in a second"));
    return;
  }
  reply.send(allowed.empty() ? api_error(404, fmt::format("nothing is served at {}; see /api/v1/{}",
                                                          request.target, kDescription))
                             : method_not_allowed(request, allowed));
}

void JsonApi::watch(const web::Request& request, const web::Reply& reply) {
  const auto only = request.parameter("only");
  if (only && *only != "status")
    return reply.send(api_error(400, fmt::format("only: {} must be status, or left out", *only)));
  parts_.events.watch(reply, request.header("last-event-id"),
                      only ? LiveEvents::Kinds::status : LiveEvents::Kinds::all);
  look();
}

void JsonApi::look() {
  if (++looks_ % kLooksABeat == 0) parts_.events.beat();
  if (!parts_.events.is_watched()) return;
  if (parts_.clock.monotonic() < next_look_.load() || is_looking_.exchange(true)) return;
  const bool taken = quick_->post([this] {
    const MonotonicTime began = parts_.clock.monotonic();
    try {
      parts_.events.tell_status(quick_->admin().status());
    } catch (const std::exception& error) {
      spdlog::warn("the status can't be told: {}", error.what());
    }
    const MonotonicTime now = parts_.clock.monotonic();
    next_look_ = now + std::clamp(kRests * (now - began), 0.0, kLongestRest);
    is_looking_ = false;
  });
  if (!taken) is_looking_ = false;
}

}  // namespace sosw
