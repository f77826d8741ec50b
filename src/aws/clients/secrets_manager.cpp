#include "aws/clients/secrets_manager.h"

#include "aws/core/digest.h"
#include "aws/core/json_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr JsonDialect kSecretsDialect{"secretsmanager.", "1.1"};

}  // namespace

SecretsManager::SecretsManager(Session& session) : SecretsManager(session.caller(kSecretsManager)) {}

std::optional<std::string> SecretsManager::value(const std::string& id) {
  const auto reply =
      caller_.send(std::vector{json_call(kSecretsDialect, "GetSecretValue", {{"SecretId", id}})}).front();
  if (reply.error && reply.error->code == "ResourceNotFoundException") return std::nullopt;
  if (reply.error) throw AwsError(*reply.error);
  const json body = json_result(caller_, "GetSecretValue", reply.answer);
  return body.contains("SecretBinary") ? from_base64(text_in(body, "SecretBinary"))
                                       : text_in(body, "SecretString");
}

std::vector<SecretsManager::Entry> SecretsManager::list(const std::vector<Filter>& filters) {
  std::vector<Entry> entries;
  json request = json::object();
  for (const Filter& filter : filters)
    request["Filters"].push_back({{"Key", filter.key}, {"Values", filter.values}});
  do {
    const json body = send_json(caller_, kSecretsDialect, "ListSecrets", request);
    for (const json& secret : body.value("SecretList", json::array())) {
      Entry& entry =
          entries.emplace_back(Entry{.name = text_in(secret, "Name"), .arn = text_in(secret, "ARN")});
      for (const json& tag : secret.value("Tags", json::array()))
        entry.tags[text_in(tag, "Key")] = text_in(tag, "Value");
    }
    request["NextToken"] = text_in(body, "NextToken");
  } while (!text_in(request, "NextToken").empty());
  return entries;
}

}  // namespace sosw::aws
