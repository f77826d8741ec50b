#include "aws/clients/ssm.h"

#include <algorithm>

#include "aws/core/json_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr JsonDialect kSsmDialect{"AmazonSSM.", "1.1"};
constexpr std::size_t kNamesAtOnce = 10;

void collect(const json& body, std::map<std::string, std::string>& values) {
  for (const json& parameter : body.value("Parameters", json::array()))
    values[text_in(parameter, "Name")] = text_in(parameter, "Value");
}

}  // namespace

Ssm::Ssm(Session& session) : Ssm(session.caller(kSsm)) {}

std::optional<std::string> Ssm::parameter(const std::string& name) {
  const auto reply = caller_
                         .send(std::vector{json_call(kSsmDialect, "GetParameter",
                                                     {{"Name", name}, {"WithDecryption", true}})})
                         .front();
  if (reply.error && reply.error->code == "ParameterNotFound") return std::nullopt;
  if (reply.error) throw AwsError(*reply.error);
  return text_in(json_result(caller_, "GetParameter", reply.answer).value("Parameter", json::object()),
                 "Value");
}

std::map<std::string, std::string> Ssm::parameters(std::span<const std::string> names) {
  std::vector<Call> calls;
  for (std::size_t first = 0; first < names.size(); first += kNamesAtOnce) {
    const auto part = names.subspan(first, std::min(kNamesAtOnce, names.size() - first));
    calls.push_back(
        json_call(kSsmDialect, "GetParameters",
                  {{"Names", std::vector<std::string>(part.begin(), part.end())}, {"WithDecryption", true}}));
  }
  std::map<std::string, std::string> values;
  for (const Reply& reply : caller_.send(calls)) {
    if (reply.error) throw AwsError(*reply.error);
    collect(json_result(caller_, "GetParameters", reply.answer), values);
  }
  return values;
}

std::map<std::string, std::string> Ssm::parameters_below(const std::string& path) {
  std::map<std::string, std::string> values;
  std::string next_token;
  do {
    json request{{"Path", path}, {"Recursive", true}, {"WithDecryption", true}};
    if (!next_token.empty()) request["NextToken"] = next_token;
    const json body = send_json(caller_, kSsmDialect, "GetParametersByPath", request);
    collect(body, values);
    next_token = text_in(body, "NextToken");
  } while (!next_token.empty());
  return values;
}

std::vector<std::string> Ssm::names(const std::string& prefix, const std::string& tag,
                                    const std::string& tag_value) {
  std::vector<std::string> names;
  json request{{"ParameterFilters",
                {{{"Key", "tag:" + tag}, {"Values", {tag_value}}},
                 {{"Key", "Name"}, {"Option", "BeginsWith"}, {"Values", {prefix}}}}}};
  do {
    const json body = send_json(caller_, kSsmDialect, "DescribeParameters", request);
    for (const json& parameter : body.value("Parameters", json::array()))
      names.push_back(text_in(parameter, "Name"));
    request["NextToken"] = text_in(body, "NextToken");
  } while (!text_in(request, "NextToken").empty());
  return names;
}

}  // namespace sosw::aws
