#include "aws/clients/lambda.h"

#include <stdexcept>

#include "aws/core/digest.h"
#include "aws/core/json_protocol.h"
#include "text/url.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr const char* kFunctions = "/2015-03-31/functions";

Call invoke_call(const LambdaInvoke& request) {
  const bool waits = request.type == LambdaInvoke::Type::request_response;
  Call call{
      .operation = "Invoke",
      .request = {.method = "POST",
                  .url = std::string(kFunctions) + "/" + percent_encode(request.function) + "/invocations",
                  .headers = {{"Content-Type", "application/json"},
                              {"X-Amz-Invocation-Type", waits ? "RequestResponse"
                                                        : request.type == LambdaInvoke::Type::dry_run
                                                            ? "DryRun"
                                                            : "Event"}},
                  .body = request.payload,
                  .timeout = request.timeout},
      .repeat = Repeat::unless_unheard};
  if (!request.qualifier.empty()) call.request.url += "?Qualifier=" + percent_encode(request.qualifier);
  if (waits && request.tail_of_log) call.request.headers.push_back({"X-Amz-Log-Type", "Tail"});
  return call;
}

std::string text_of(const HttpAnswer& answer, const char* header) {
  const std::string* value = find_header(answer.headers, header);
  return value ? *value : "";
}

LambdaAnswer answer_from(HttpAnswer answer) {
  LambdaAnswer result{.status = answer.status,
                      .payload = std::move(answer.body),
                      .function_error = text_of(answer, "X-Amz-Function-Error"),
                      .executed_version = text_of(answer, "X-Amz-Executed-Version")};
  try {
    result.log_tail = from_base64(text_of(answer, "X-Amz-Log-Result"));
  } catch (const std::invalid_argument&) {
    result.log_tail.clear();  // a log is no reason to lose a result
  }
  return result;
}

FunctionConfiguration configuration_from(const json& body) {
  return {.name = text_in(body, "FunctionName"),
          .arn = text_in(body, "FunctionArn"),
          .runtime = text_in(body, "Runtime"),
          .state = text_in(body, "State"),
          .version = text_in(body, "Version"),
          .timeout = static_cast<Seconds>(integer_in(body, "Timeout")),
          .memory_size = integer_in(body, "MemorySize")};
}

}  // namespace

Lambda::Lambda(Session& session) : Lambda(session.caller(kLambda)) {}

std::vector<Result<LambdaAnswer>> Lambda::invoke(std::span<const LambdaInvoke> requests) {
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const LambdaInvoke& request : requests) calls.push_back(invoke_call(request));
  std::vector<Result<LambdaAnswer>> results;
  results.reserve(requests.size());
  for (Reply& reply : caller_.send(calls)) {
    Result<LambdaAnswer>& result = results.emplace_back();
    result.error = std::move(reply.error);
    if (!result.error) result.value = answer_from(std::move(reply.answer));
  }
  return results;
}

LambdaAnswer Lambda::invoke(const LambdaInvoke& request) {
  return invoke(std::span(&request, 1)).front().take();
}

FunctionConfiguration Lambda::configuration(const std::string& function) {
  const std::string operation = "GetFunctionConfiguration";
  return configuration_from(
      json_result(caller_, operation,
                  caller_.send_one({.operation = operation,
                                    .request = {.method = "GET",
                                                .url = std::string(kFunctions) + "/" +
                                                       percent_encode(function) + "/configuration"}})));
}

std::vector<FunctionConfiguration> Lambda::list_functions() {
  std::vector<FunctionConfiguration> functions;
  std::string marker;
  do {
    const std::string query = marker.empty() ? "" : "?Marker=" + percent_encode(marker);
    const json body =
        json_result(caller_, "ListFunctions",
                    caller_.send_one({.operation = "ListFunctions",
                                      .request = {.method = "GET", .url = kFunctions + query}}));
    for (const json& entry : body.value("Functions", json::array()))
      functions.push_back(configuration_from(entry));
    marker = text_in(body, "NextMarker");
  } while (!marker.empty());
  return functions;
}

}  // namespace sosw::aws
