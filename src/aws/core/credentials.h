#pragma once

#include <optional>
#include <string>

#include "sosw/model/time.h"

namespace sosw::aws {

/// The credentials that sign requests. Secret except access_key_id: never to be logged or shown.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    ///< empty for long-lived keys
  std::optional<Time> expires;  ///< nullopt: they don't expire
};

/// A source of credentials. Safe to share between threads.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// Currently valid credentials. Throws InvalidConfig when no source is configured, and AwsError when a
  /// configured one failed; both name what was tried.
  virtual Credentials get() = 0;

  /// A service reported these expired or unknown: the next get() requests new ones where possible.
  virtual void reject(const Credentials&) {}
};

class FixedCredentials final : public CredentialSource {
 public:
  explicit FixedCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  Credentials get() override { return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace sosw::aws
