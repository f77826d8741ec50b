#include "runners/runtime/runtime_api.h"

#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "runners/process/worker_result.h"
#include "text/parse_json.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

constexpr std::uint64_t kLargestResult = (6 << 20) + 100;  // bytes, as on AWS
constexpr std::uint64_t kLargestError = 1 << 20;
constexpr std::size_t kLongestApiReason = 500;  // bytes

web::Answer error_answer(int status, const char* type, std::string_view message) {
  return {.status = status, .body = nlohmann::json{{"errorMessage", message}, {"errorType", type}}.dump()};
}

/// The existing members of {errorType, errorMessage}, else the text as it is.
std::string reason_of(const std::string& body) {
  const auto error = json_or_discarded<nlohmann::json>(body);
  const auto text = [&](const char* key) {
    const auto found = error.is_object() ? error.find(key) : error.end();
    if (!error.is_object() || found == error.end()) return std::string();
    return found->is_string() ? found->get<std::string>() : found->dump();
  };
  const std::string type = text("errorType");
  const std::string message = text("errorMessage");
  if (type.empty() && message.empty())
    return readable_line(body.empty() ? "the function reported an error without a word" : body,
                         kLongestApiReason);
  return readable_line(type.empty() || message.empty() ? type + message : type + ": " + message,
                       kLongestApiReason);
}

/// In AWS Lambda's format. A worker that sends chunks has not declared a size.
std::string too_large_error(std::string_view bytes) {
  const std::string size = bytes.empty() ? "" : fmt::format(" ({} bytes)", bytes);
  return nlohmann::ordered_json{
      {"errorType", "Function.ResponseSizeTooLarge"},
      {"errorMessage",
       fmt::format("Response payload size{} exceeded maximum allowed payload size ({} bytes).", size,
                   kLargestResult)}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The part of an error for the function's caller; its cause is for tracing.
std::string error_for_caller(const web::Request& request) {
  if (!is_json_object(request.body)) return "";
  if (request.header("content-type") != "application/vnd.aws.lambda.error.cause+json") return request.body;
  auto error = parse_json(request.body);
  error.erase("errorCause");
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The worker's stats, an extension of Lambda's API. Invalid stats are no reason to repeat the work.
std::string stats_of(const web::Request& request, const Task& task) {
  WorkerResult stats = worker_stats(request.header("x-sosw-stats"));
  if (!stats.problem.empty()) spdlog::warn("task {}: {}", task.task_id, stats.problem);
  return std::move(stats.json);
}

/// The rest of the path after /2018-06-01/runtime/, if it starts so.
std::span<const std::string> steps_of(const web::Request& request) {
  const std::span<const std::string> path = request.path;
  return path.size() > 2 && path[0] == "2018-06-01" && path[1] == "runtime" ? path.subspan(2)
                                                                            : std::span<const std::string>();
}

bool is_answer(std::span<const std::string> steps, std::string_view kind) {
  return steps.size() == 3 && steps[0] == "invocation" && steps[2] == kind;
}

std::string trace_id_of(std::string digits) {
  std::erase(digits, '-');
  const std::string_view all = digits;
  return fmt::format("Root=1-{}-{};Parent={};Sampled=0", all.substr(0, 8), all.substr(8), all.substr(16));
}

}  // namespace

RuntimeApi::RuntimeApi(Clock& clock, Events events) : clock_(clock), events_(std::move(events)) {}

void RuntimeApi::handle(web::Request request, web::Reply reply) {
  const auto steps = steps_of(request);
  const bool is_post = request.method == "POST";
  if (state_ == State::closed)
    reply.send(error_answer(500, "InternalServerError", "this environment has ended"));
  else if (request.method == "GET" && steps.size() == 2 && steps[0] == "invocation" && steps[1] == "next")
    next(reply);
  else if (is_post && (is_answer(steps, "response") || is_answer(steps, "error")))
    end_work(steps[1], request, reply);
  else if (is_post && steps.size() == 2 && steps[0] == "init" && steps[1] == "error")
    fail_init(request, reply);
  else
    reply.send(error_answer(
        404, "NotFound", "the Runtime API of this place knows no " + request.method + " " + request.target));
}

std::uint64_t RuntimeApi::body_limit(const web::Request& request) const {
  return is_answer(steps_of(request), "response") ? kLargestResult : kLargestError;
}

web::Answer RuntimeApi::refusal(const web::Request& request, int status, std::string_view message) {
  if (status != 413) return error_answer(status, "InvalidRequest", message);
  const auto steps = steps_of(request);
  if (steps.size() == 3 && work_ && steps[1] == work_->request_id) {
    Outcome outcome = finished().failed(fmt::format("Function.ResponseSizeTooLarge: {}", message));
    if (is_answer(steps, "response")) outcome.error = too_large_error(request.header("content-length"));
    events_.answered(std::move(outcome));
  }
  return error_answer(413, "RequestEntityTooLarge", message);
}

/// A worker that asks again without having answered gets the same event again.
void RuntimeApi::next(const web::Reply& reply) {
  if (state_ == State::working) return send_work(reply);
  waiting_ = reply;
  state_ = State::waiting;
  reply.on_gone([this, poll = ++polls_] {
    if (poll != polls_ || state_ != State::waiting) return;
    waiting_.reset();
    state_ = State::answered;
  });
  if (state_ == State::waiting) events_.asked();
}

void RuntimeApi::give(RuntimeWork work) {
  work_ = std::move(work);
  work_->begin(RuntimeWork::Clock::now());
  state_ = State::working;
  send_work(*std::exchange(waiting_, std::nullopt));
}

void RuntimeApi::send_work(const web::Reply& reply) const {
  const Seconds left = std::chrono::duration<double>(work_->deadline - RuntimeWork::Clock::now()).count();
  const auto deadline_ms = static_cast<std::int64_t>(std::floor((clock_.now() + left).since_epoch() * 1000));
  web::Answer event{.body = work_->event,
                    .headers = {{"Lambda-Runtime-Aws-Request-Id", work_->request_id},
                                {"Lambda-Runtime-Deadline-Ms", std::to_string(deadline_ms)},
                                {"Lambda-Runtime-Invoked-Function-Arn", work_->arn},
                                {"Lambda-Runtime-Trace-Id", trace_id_of(work_->request_id)}}};
  if (!work_->client_context.empty())
    event.headers.emplace_back("Lambda-Runtime-Client-Context", work_->client_context);
  reply.send(std::move(event));
}

void RuntimeApi::end_work(const std::string& request_id, const web::Request& request,
                          const web::Reply& reply) {
  if (!work_ || request_id != work_->request_id)
    return reply.send(error_answer(400, "InvalidRequestID", "no invocation of this id is under way here"));
  const bool is_error = request.path.back() == "error";
  WorkerResult result =
      is_error ? WorkerResult{.problem = reason_of(request.body)} : worker_result(request.body);
  Outcome outcome = result.problem.empty() ? finished().succeeded(std::move(result.json))
                                           : finished().failed(result.problem);
  if (is_error) outcome.error = error_for_caller(request);
  outcome.stats = stats_of(request, outcome.task);
  events_.answered(std::move(outcome));
  reply.send({.status = 202, .body = R"({"status":"OK"})"});
}

RuntimeWork RuntimeApi::finished() {
  events_.answering();
  state_ = State::answered;
  return *std::exchange(work_, std::nullopt);
}

void RuntimeApi::fail_init(const web::Request& request, const web::Reply& reply) {
  if (state_ != State::started)
    return reply.send(error_answer(403, "InvalidStateTransition", "the initialization is over already"));
  reply.send({.status = 202, .body = R"({"status":"OK"})"});
  events_.init_failed(reason_of(request.body), error_for_caller(request));
}

std::optional<RuntimeWork> RuntimeApi::close() {
  state_ = State::closed;
  waiting_.reset();
  return std::exchange(work_, std::nullopt);
}

}  // namespace sosw
