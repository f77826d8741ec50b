#include "aws/core/credential_sources.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/core/endpoint.h"
#include "aws/core/sts.h"
#include "text/iso_time.h"
#include "text/parse_json.h"

namespace sosw::aws {

CredentialLookup from_environment(const CredentialContext& here) {
  const auto id = here.environment.get("AWS_ACCESS_KEY_ID");
  const auto secret = here.environment.get("AWS_SECRET_ACCESS_KEY");
  if (!id && !secret) return {.failure = "AWS_ACCESS_KEY_ID is not set"};
  if (!id || !secret)
    return {
        .failure = fmt::format("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must both be set, but {} is not",
                               id ? "the secret" : "the id"),
        .configured = true};
  return {.credentials = Credentials{*id, *secret, here.environment.get("AWS_SESSION_TOKEN").value_or("")}};
}

CredentialLookup from_web_identity(const CredentialContext& here) {
  const auto file = here.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role = here.environment.get("AWS_ROLE_ARN");
  if (!file) return {.failure = "AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
  if (!role)
    return {.failure = "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not", .configured = true};
  return exchange_web_identity(here, *file, *role,
                               here.environment.get("AWS_ROLE_SESSION_NAME").value_or(""));
}

Caller sts_caller(const CredentialContext& here, CredentialSource* credentials) {
  return Caller({.service = kSts.name,
                 .signed_as = kSts.signed_as,
                 .region = here.region,
                 .endpoint = endpoint_of(kSts, here.region, here.environment, here.config)},
                credentials, here.machine);
}

std::string default_session_name(Clock& clock) {
  return fmt::format("sosw-{:.0f}", clock.now().since_epoch());
}

CredentialLookup exchange_web_identity(const CredentialContext& here, const std::string& token_file,
                                       const std::string& role_arn, const std::string& session_name) {
  std::ifstream stream(token_file);
  const std::string token{std::istreambuf_iterator<char>(stream), {}};
  if (token.empty())
    return {.failure = fmt::format("the token file {} is empty or can't be read", token_file),
            .configured = true};
  try {
    Sts sts(sts_caller(here, nullptr));
    return {
        .credentials = sts.assume_with_web_identity(
            {.arn = role_arn,
             .session_name = session_name.empty() ? default_session_name(here.machine.clock) : session_name,
             .web_identity_token = token.substr(0, token.find_last_not_of("\r\n") + 1)})};
  } catch (const Error& error) {
    return {.failure = error.what(), .configured = true};
  }
}

CredentialLookup read_credentials_document(const std::string& text, const std::string& what) {
  const auto json = json_or_discarded<nlohmann::json>(text);
  const auto field = [&](const char* name) -> std::string {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
  };
  Credentials credentials{field("AccessKeyId"), field("SecretAccessKey"), field("Token"),
                          parse_instant(field("Expiration"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
    return {.failure = fmt::format("{} answered, but without keys{}", what,
                                   field("Code").empty() ? "" : " (" + field("Code") + ")"),
            .configured = true};
  return {.credentials = std::move(credentials)};
}

}  // namespace sosw::aws
