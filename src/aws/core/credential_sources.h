#pragma once

#include <optional>
#include <string>

#include "aws/core/caller.h"
#include "aws/core/credentials.h"
#include "aws/core/environment.h"
#include "aws/core/shared_config.h"

namespace sosw::aws {

/// The inputs of the sources of credentials.
struct CredentialContext {
  const Environment& environment;
  const SharedConfig& config;
  const std::string& region;
  Machine machine;
};

/// The result of a source.
struct CredentialLookup {
  std::optional<Credentials> credentials;
  std::string failure;      ///< for people
  bool configured = false;  ///< it is configured: no other source is tried
};

CredentialLookup from_environment(const CredentialContext&);
CredentialLookup from_web_identity(const CredentialContext&);
CredentialLookup from_profile(const CredentialContext&);
CredentialLookup from_container(const CredentialContext&);
CredentialLookup from_instance_metadata(const CredentialContext&);

/// The token exchange that both the variables and a profile request.
CredentialLookup exchange_web_identity(const CredentialContext&, const std::string& token_file,
                                       const std::string& role_arn, const std::string& session_name);

/// A session name where the configuration gives none.
std::string default_session_name(Clock&);

/// STS in our region, with these credentials or, without, unsigned.
Caller sts_caller(const CredentialContext&, CredentialSource*);

/// Parses the document of container and instance endpoints. `what` names it in errors.
CredentialLookup read_credentials_document(const std::string& json, const std::string& what);

/// The metadata service of the instance: one GET under /latest/, with a session token (never without).
/// Returns nullopt, and sets why, when it does not answer.
std::optional<std::string> read_metadata(const CredentialContext&, const std::string& path,
                                         std::string& failure);

}  // namespace sosw::aws
