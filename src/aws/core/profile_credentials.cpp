#include <fmt/format.h>

#include "aws/core/credential_sources.h"
#include "aws/core/sts.h"

namespace sosw::aws {
namespace {

constexpr int kLongestChain = 5;  // of profiles that name one another

CredentialLookup from_named_profile(const CredentialContext& here, const std::string& profile, int depth);

std::string get(const CredentialContext& here, const std::string& profile, const char* key) {
  return here.config.get_from(profile, key).value_or("");
}

CredentialLookup keys_of(const CredentialContext& here, const std::string& profile) {
  Credentials keys{get(here, profile, "aws_access_key_id"), get(here, profile, "aws_secret_access_key"),
                   get(here, profile, "aws_session_token")};
  if (keys.access_key_id.empty() && keys.secret_access_key.empty())
    return {.failure = fmt::format("the profile '{}' has no keys", profile)};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty())
    return {.failure = fmt::format("the profile '{}' needs both aws_access_key_id and aws_secret_access_key",
                                   profile),
            .configured = true};
  return {.credentials = std::move(keys)};
}

/// The credentials with which the profile assumes its role.
CredentialLookup source_of_role(const CredentialContext& here, const std::string& profile, int depth) {
  const std::string source = get(here, profile, "credential_source");
  if (source == "Environment") return from_environment(here);
  if (source == "EcsContainer") return from_container(here);
  if (source == "Ec2InstanceMetadata") return from_instance_metadata(here);
  const std::string source_profile = get(here, profile, "source_profile");
  if (source_profile.empty())
    return {.failure = fmt::format("the profile '{}' has a role_arn; give it a source_profile, or a "
                                   "credential_source of Environment, EcsContainer or Ec2InstanceMetadata",
                                   profile)};
  if (depth >= kLongestChain)
    return {.failure = fmt::format("the profiles behind '{}' lead to one another without end", profile)};
  if (source_profile == profile) return keys_of(here, profile);
  return from_named_profile(here, source_profile, depth + 1);
}

CredentialLookup role_of(const CredentialContext& here, const std::string& profile,
                         const std::string& role_arn, int depth) {
  CredentialLookup source = source_of_role(here, profile, depth);
  if (!source.credentials) {
    source.configured = true;
    return source;
  }
  try {
    FixedCredentials credentials(*source.credentials);
    Sts sts(sts_caller(here, &credentials));
    const std::string session_name = get(here, profile, "role_session_name");
    return {.credentials =
                sts.assume({.arn = role_arn,
                            .session_name = session_name.empty() ? default_session_name(here.machine.clock)
                                                                 : session_name,
                            .external_id = get(here, profile, "external_id"),
                            .duration_seconds = get(here, profile, "duration_seconds")})};
  } catch (const Error& error) {
    return {.failure = error.what(), .configured = true};
  }
}

CredentialLookup from_named_profile(const CredentialContext& here, const std::string& profile, int depth) {
  if (!here.config.has_profile(profile))
    return {.failure = fmt::format("there is no profile '{}' in {}", profile, here.config.looked_in())};
  const std::string role_arn = get(here, profile, "role_arn");
  if (role_arn.empty()) {
    CredentialLookup keys = keys_of(here, profile);
    for (const char* unsupported : {"credential_process", "sso_session", "sso_start_url"})
      if (!keys.credentials && !keys.configured && !get(here, profile, unsupported).empty())
        return {
            .failure = fmt::format("the profile '{}' uses {}, which sosw does not understand; export keys "
                                   "with `aws configure export-credentials --format env`",
                                   profile, unsupported),
            .configured = true};
    return keys;
  }
  if (const std::string file = get(here, profile, "web_identity_token_file"); !file.empty())
    return exchange_web_identity(here, file, role_arn, get(here, profile, "role_session_name"));
  return role_of(here, profile, role_arn, depth);
}

}  // namespace

CredentialLookup from_profile(const CredentialContext& here) {
  return from_named_profile(here, here.config.profile(), 0);
}

}  // namespace sosw::aws
