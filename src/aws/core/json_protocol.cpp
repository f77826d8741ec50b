#include "aws/core/json_protocol.h"

#include "aws/core/query_protocol.h"
#include "text/parse_json.h"

namespace sosw::aws {

using nlohmann::json;

Call json_call(const JsonDialect& dialect, const std::string& operation, const json& body, Repeat repeat) {
  return json_call(dialect, operation, body.dump(), repeat);
}

Call json_call(const JsonDialect& dialect, const std::string& operation, std::string body, Repeat repeat) {
  return {.operation = operation,
          .request = {.method = "POST",
                      .url = "/",
                      .headers = {{"Content-Type", std::string("application/x-amz-json-") + dialect.version},
                                  {"X-Amz-Target", dialect.target + operation}},
                      .body = std::move(body)},
          .repeat = repeat};
}

json json_result(const Caller& caller, const std::string& operation, const HttpAnswer& answer) {
  json result = json_or_discarded<json>(answer.body);
  if (!result.is_object()) throw unreadable(caller, operation, answer, "it is no JSON object");
  return result;
}

json send_json(Caller& caller, const JsonDialect& dialect, const std::string& operation, const json& body) {
  return json_result(caller, operation, caller.send_one(json_call(dialect, operation, body)));
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t integer_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

}  // namespace sosw::aws
