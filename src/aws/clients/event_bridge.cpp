#include "aws/clients/event_bridge.h"

#include "aws/core/json_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr JsonDialect kDialect{"AWSEvents.", "1.1"};

}  // namespace

EventBridge::EventBridge(Session& session) : EventBridge(session.caller(kEventBridge)) {}

std::vector<std::string> EventBridge::rule_names_by_target(const std::string& target_arn) {
  std::vector<std::string> names;
  json request{{"TargetArn", target_arn}};
  do {
    const json body = send_json(caller_, kDialect, "ListRuleNamesByTarget", request);
    for (const json& name : body.value("RuleNames", json::array())) names.push_back(name);
    request["NextToken"] = text_in(body, "NextToken");
  } while (!text_in(request, "NextToken").empty());
  return names;
}

std::optional<EventBridge::Rule> EventBridge::rule(const std::string& name) {
  const auto reply = caller_.send(std::vector{json_call(kDialect, "DescribeRule", {{"Name", name}})}).front();
  if (reply.error && reply.error->code == "ResourceNotFoundException") return std::nullopt;
  if (reply.error) throw AwsError(*reply.error);
  const json body = json_result(caller_, "DescribeRule", reply.answer);
  return Rule{.name = text_in(body, "Name"),
              .arn = text_in(body, "Arn"),
              .schedule = text_in(body, "ScheduleExpression"),
              .enabled = text_in(body, "State").starts_with("ENABLED")};
}

}  // namespace sosw::aws
