#pragma once

#include <optional>
#include <string>

#include "aws/core/caller.h"
#include "aws/core/credentials.h"
#include "aws/core/environment.h"
#include "aws/core/shared_config.h"

namespace sosw::aws {

/// What the sources of credentials need to know.
struct CredentialContext {
  const Environment& environment;
  const SharedConfig& config;
  const std::string& region;
  Machine machine;
};

/// What a source had to say.
struct CredentialLookup {
  std::optional<Credentials> credentials;
  std::string failure;      ///< for people
  bool configured = false;  ///< it should have had some: no reason to look further
};

CredentialLookup from_environment(const CredentialContext&);
CredentialLookup from_web_identity(const CredentialContext&);
CredentialLookup from_profile(const CredentialContext&);
CredentialLookup from_container(const CredentialContext&);
CredentialLookup from_instance_metadata(const CredentialContext&);

/// The exchange that the variables and a profile both ask for.
CredentialLookup exchange_web_identity(const CredentialContext&, const std::string& token_file,
                                       const std::string& role_arn, const std::string& session_name);

/// A session name where the configuration gives none.
std::string default_session_name(Clock&);

/// STS in our region, with these credentials or, without, unsigned.
Caller sts_caller(const CredentialContext&, CredentialSource*);

/// The document that containers and instances answer with. `what` names it in a complaint.
CredentialLookup read_credentials_document(const std::string& json, const std::string& what);

/// The metadata service of the instance: one GET under /latest/, behind a session token (never without).
/// Nothing, and why, when it does not answer.
std::optional<std::string> read_metadata(const CredentialContext&, const std::string& path,
                                         std::string& failure);

}  // namespace sosw::aws
