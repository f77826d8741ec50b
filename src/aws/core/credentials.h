#pragma once

#include <optional>
#include <string>

#include "sosw/model/time.h"

namespace sosw::aws {

/// What a request is signed with. Secret but for access_key_id: never to be logged or shown.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    ///< empty for long-lived keys
  std::optional<Time> expires;  ///< nothing: they do not end
};

/// Where credentials come from. Safe to share between threads.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// Credentials that are good now. Throws InvalidConfig when nothing that could give some is configured, and
  /// AwsError when what is configured failed; both say what was tried.
  virtual Credentials get() = 0;

  /// A service called these ended or unknown: the next get() asks for new ones where it can.
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
