#include "api/invoke_api.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "api/aws_answers.h"
#include "api/function_document.h"
#include "model/function_arn.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::uint64_t kLargestEvent = 6 << 20;       // bytes, as on AWS
constexpr std::uint64_t kLargestAsyncEvent = 1 << 20;  // the same for asynchronous ones
constexpr std::size_t kRemembered = 1000;              // calls
constexpr std::size_t kRememberedBytes = 64 << 20;     // of their answers
constexpr std::size_t kLargestPage = 50;               // functions

/// The rest of the path after /2015-03-31/functions; `known` is whether it starts so.
std::span<const std::string> steps_of(const web::Request& request, bool& known) {
  const std::span<const std::string> path = request.path;
  known = path.size() >= 2 && path[0] == "2015-03-31" && path[1] == "functions";
  return known ? path.subspan(2) : path;
}

std::string_view type_of(const web::Request& request) {
  const auto type = request.header("x-amz-invocation-type");
  return type.empty() ? "RequestResponse" : type;
}

web::Answer json_answer(const nlohmann::ordered_json& document) {
  return {.body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

web::Answer answer_of(const CallResult& result) {
  if (result.kind == CallResult::Kind::refused) {
    web::Answer busy = aws_error(429, "TooManyRequestsException", result.reason);
    busy.headers.emplace_back("Retry-After", "1");
    return busy;
  }
  web::Answer answer{.body = result.json.empty() ? "null" : result.json,
                     .headers = {{"X-Amz-Executed-Version", "$LATEST"}}};
  if (result.kind == CallResult::Kind::failed)
    answer.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
  return answer;
}

/// An alias or a version, from the path or the parameter Qualifier; nullopt when they differ or are invalid.
std::optional<std::string> qualifier_of(const web::Request& request) {
  const std::string in_path = parse_function_arn(request.path[2])->qualifier;
  const std::string parameter(request.parameter("Qualifier").value_or(""));
  const std::string& either = in_path.empty() ? parameter : in_path;
  const bool is_one = std::ranges::all_of(
      either, [](unsigned char c) { return std::isalnum(c) != 0 || c == '$' || c == '-' || c == '_'; });
  if (!is_one || (!parameter.empty() && parameter != either)) return std::nullopt;
  return either;
}

/// The function as this caller named it.
std::string arn_of(const FunctionDescription& function, const web::Request& request) {
  const auto own = parse_function_arn(function.arn);
  if (!own) return function.arn;
  FunctionArn arn = *own;
  const FunctionArn asked = *parse_function_arn(request.path[2]);
  if (!asked.partition.empty()) arn.partition = asked.partition;
  if (!asked.region.empty()) arn.region = asked.region;
  if (!asked.account.empty()) arn.account = asked.account;
  const std::string qualifier = qualifier_of(request).value_or(arn.qualifier);
  return fmt::format("arn:{}:lambda:{}:{}:function:{}{}{}", arn.partition, arn.region, arn.account, arn.name,
                     qualifier.empty() ? "" : ":", qualifier);
}

/// JSON in ASCII from a base64 header; nullopt when it is invalid.
std::optional<std::string> client_context_of(const web::Request& request) {
  const std::string_view header = request.header("x-amz-client-context");
  if (header.empty()) return "";
  const auto text = from_base64(header);
  const auto context = text ? json_or_discarded<nlohmann::json>(*text) : nlohmann::json();
  return context.is_object() ? std::optional(context.dump(-1, ' ', /*ensure_ascii=*/true)) : std::nullopt;
}

/// nullopt when it is not a number.
std::optional<std::size_t> number_of(const web::Request& request, const char* parameter,
                                     std::size_t otherwise) {
  const auto text = request.parameter(parameter).value_or("");
  if (text.empty()) return otherwise;
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

/// The end of its log, in AWS Lambda's format.
std::string log_of(const std::string& request_id, const CallResult& result) {
  constexpr std::size_t kLongest = 4 << 10;
  const double milliseconds = result.took * 1000;
  const std::string log = fmt::format(
      "START RequestId: {0} Version: $LATEST\n{1}END RequestId: {0}\n"
      "REPORT RequestId: {0}\tDuration: {2:.2f} ms\tBilled Duration: {3:.0f} ms\t\n",
      request_id, result.log, milliseconds, std::ceil(milliseconds));
  return log.size() > kLongest ? log.substr(log.size() - kLongest) : log;
}

/// What is wrong with a call of a function, if anything.
std::optional<web::Answer> refusal_of(const web::Request& request, std::string_view type) {
  if (type != "RequestResponse" && type != "Event" && type != "DryRun")
    return aws_error(400, "InvalidParameterValueException",
                     fmt::format("'{}' is no invocation type: RequestResponse, Event or DryRun", type));
  const std::string_view log_type = request.header("x-amz-log-type");
  if (!log_type.empty() && log_type != "None" && log_type != "Tail")
    return aws_error(400, "InvalidParameterValueException",
                     fmt::format("'{}' is no log type: None or Tail", log_type));
  if (!client_context_of(request))
    return aws_error(400, "InvalidRequestContentException",
                     "X-Amz-Client-Context must be a JSON object in base64");
  try {
    if (!request.body.empty()) require_json(request.body);
  } catch (const InvalidJson& error) {
    return aws_error(400, "InvalidRequestContentException",
                     fmt::format("Could not parse request body into json: the event {}", error.what()));
  }
  return std::nullopt;
}

}  // namespace

InvokeApi::InvokeApi(NamedFunctions& functions, Random& random, Clock& clock)
    : functions_(functions), random_(random), clock_(clock) {}

std::uint64_t InvokeApi::body_limit(const web::Request& request) const {
  return type_of(request) == "Event" ? kLargestAsyncEvent : kLargestEvent;
}

web::Answer InvokeApi::refusal(const web::Request&, int status, std::string_view message) {
  switch (status) {
    case 401:
    case 403:
      return aws_error(403, "AccessDeniedException", message);
    case 413:
      return aws_error(413, "RequestTooLargeException", message);
    default:
      return aws_error(status, "InvalidRequestContentException", message);
  }
}

void InvokeApi::handle(web::Request request, web::Reply reply) {
  if (auto answer = answer_at_once(request)) return send(reply, std::move(*answer));
  const FunctionDescription& function = *find(request.path[2]);
  invoke(function, std::move(request), reply);
}

/// Requests that are not valid invocations.
std::optional<web::Answer> InvokeApi::answer_at_once(const web::Request& request) const {
  bool known = false;
  const auto steps = steps_of(request, known);
  if (known && steps.empty() && request.method == "GET") return list(request);
  if (request.path.size() == 4 && request.path[3] == "response-streaming-invocations")
    return aws_error(400, "InvalidRequestContentException", "results are not streamed here; use Invoke");
  const std::string action = known && steps.size() == 2   ? request.method + " " + steps[1]
                             : known && steps.size() == 1 ? request.method
                                                          : "";
  if (action != "GET" && action != "GET configuration" && action != "POST invocations")
    return aws_error(404, "ResourceNotFoundException",
                     fmt::format("nothing is served at {} {}", request.method, request.target));
  const FunctionDescription* function = find(steps[0]);
  if (!function)
    return aws_error(404, "ResourceNotFoundException", fmt::format("Function not found: {}", steps[0]));
  if (!qualifier_of(request))
    return aws_error(400, "InvalidParameterValueException",
                     fmt::format("{} and the parameter Qualifier must name one alias or version", steps[0]));
  if (action == "GET") return json_answer(document_of(*function));
  if (action == "GET configuration") return json_answer(configuration_of(*function, true));
  return std::nullopt;
}

/// By name or ARN. Every alias and version is the one existing function.
const FunctionDescription* InvokeApi::find(const std::string& name) const {
  const auto arn = parse_function_arn(name);
  if (!arn) return nullptr;
  const auto found = std::ranges::find(functions_.descriptions(), arn->name, &FunctionDescription::name);
  return found == functions_.descriptions().end() ? nullptr : &*found;
}

web::Answer InvokeApi::list(const web::Request& request) const {
  const auto& all = functions_.descriptions();
  const auto marker = number_of(request, "Marker", 0);
  const auto at_most = number_of(request, "MaxItems", kLargestPage);
  if (!marker || !at_most || *marker > all.size() || *at_most == 0)
    return aws_error(400, "InvalidParameterValueException",
                     "Marker must be the NextMarker of an answer, and MaxItems a number from 1");
  const std::size_t begin = *marker;
  const std::size_t end = std::min(begin + std::min(*at_most, kLargestPage), all.size());
  nlohmann::ordered_json document = {{"Functions", nlohmann::ordered_json::array()}};
  for (std::size_t i = begin; i < end; ++i) document["Functions"].push_back(configuration_of(all[i], false));
  if (end < all.size()) document["NextMarker"] = std::to_string(end);
  return json_answer(document);
}

void InvokeApi::invoke(const FunctionDescription& function, web::Request request, const web::Reply& reply) {
  const std::string type(type_of(request));
  if (auto refusal = refusal_of(request, type)) return send(reply, std::move(*refusal));
  if (type == "DryRun") return send(reply, {.status = 204});

  bool is_new = true;
  const std::string_view sdk_id = request.header("amz-sdk-invocation-id");
  const auto call =
      call_of(sdk_id.empty() ? "" : fmt::format("{} {} {}", sdk_id, type, function.name), reply, is_new);
  if (type != "Event")
    reply.on_gone([self = shared_from_this(), call, name = function.name] { self->leave(*call, name); });
  if (!is_new) return;
  call->is_event = type == "Event";
  call->wants_log = !call->is_event && request.header("x-amz-log-type") == "Tail";
  functions_.call({.name = function.name,
                   .request_id = call->request_id,
                   .event = request.body.empty() ? "{}" : std::string(without_byte_order_mark(request.body)),
                   .repeat_id = std::string(sdk_id),
                   .arn = arn_of(function, request),
                   .client_context = call->is_event ? "" : *client_context_of(request)},
                  [self = shared_from_this(), call, name = function.name](const CallResult& result) {
                    if (call->is_event && result.kind != CallResult::Kind::succeeded)
                      spdlog::warn("an Event for {} failed ({}): {}", name, call->request_id,
                                   result.reason.empty() ? result.json : result.reason);
                    self->end(*call, result);
                  });
  if (call->is_event && !function.quick) end(*call, {});  // unless it was refused
}

/// A client disconnected. A call that nobody waits for any more does not begin.
void InvokeApi::leave(Call& call, const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (--call.listeners > 0 || call.answer) return;
  }
  if (functions_.withdraw(name, call.request_id))
    end(call, {.kind = CallResult::Kind::refused, .reason = "the client hung up before it began"});
}

/// Each request has an id, also one that calls no function.
void InvokeApi::send(const web::Reply& reply, web::Answer answer) {
  answer.headers.emplace_back("Date", http_date(clock_.now()));
  answer.headers.emplace_back("x-amzn-RequestId", make_uuid(random_));
  reply.send(std::move(answer));
}

/// The call with that id, which this reply then also answers; a new one if there is none.
std::shared_ptr<InvokeApi::Call> InvokeApi::call_of(const std::string& sdk_id, const web::Reply& reply,
                                                    bool& is_new) {
  const std::lock_guard lock(mutex_);
  if (const auto found = calls_.find(sdk_id); found != calls_.end()) {
    Call& call = *found->second;
    is_new = false;
    ++call.listeners;
    call.answer ? reply.send(*call.answer) : call.waiting.push_back(reply);
    return found->second;
  }
  auto call =
      std::make_shared<Call>(Call{.request_id = make_uuid(random_), .sdk_id = sdk_id, .waiting = {reply}});
  if (sdk_id.empty()) return call;
  calls_.emplace(sdk_id, call);
  order_.push_back(sdk_id);
  forget_the_oldest();
  return call;
}

/// The first end counts.
void InvokeApi::end(Call& call, const CallResult& result) {
  const bool is_taken = call.is_event && result.kind != CallResult::Kind::refused;
  web::Answer answer = is_taken ? web::Answer{.status = 202} : answer_of(result);
  answer.headers.emplace_back("Date", http_date(clock_.now()));
  answer.headers.emplace_back("x-amzn-RequestId", call.request_id);
  if (call.wants_log)
    answer.headers.emplace_back("X-Amz-Log-Result", base64(log_of(call.request_id, result)));
  const std::lock_guard lock(mutex_);
  if (call.answer) return;
  for (const web::Reply& reply : std::exchange(call.waiting, {})) reply.send(answer);
  call.answer = std::move(answer);
  const auto remembered = calls_.find(call.sdk_id);
  if (remembered == calls_.end() || remembered->second.get() != &call) return;
  remembered_bytes_ += call.answer->body.size();
  if (result.kind == CallResult::Kind::refused) forget(call.sdk_id);  // it may be retried
  forget_the_oldest();
}

void InvokeApi::forget_the_oldest() {
  while (order_.size() > kRemembered || (remembered_bytes_ > kRememberedBytes && !order_.empty())) {
    forget(order_.front());
    order_.pop_front();
  }
}

void InvokeApi::forget(const std::string& sdk_id) {
  const auto call = calls_.extract(sdk_id);
  if (!call.empty() && call.mapped()->answer) remembered_bytes_ -= call.mapped()->answer->body.size();
}

}  // namespace sosw
