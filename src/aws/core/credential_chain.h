#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "aws/core/caller.h"
#include "aws/core/credentials.h"
#include "aws/core/environment.h"
#include "aws/core/shared_config.h"

namespace sosw::aws {

/// Searches the standard AWS sources of credentials: environment variables, a web identity token, the profile
/// of the shared files (keys, role_arn with source_profile or credential_source, web identity), the
/// container's endpoint, the instance's metadata (version 2 only). The first that has some is asked again
/// before they expire. While a renewal fails or runs in another thread, the old ones are used as long as they
/// are valid.
class CredentialChain final : public CredentialSource {
 public:
  /// `region` is that of the STS that exchanges tokens and roles; it may be empty when none is needed.
  CredentialChain(Environment, SharedConfig, std::string region, Machine);

  Credentials get() override;
  void reject(const Credentials&) override;

 private:
  bool is_due(Time now) const;
  bool is_valid(Time now) const;
  Credentials find();

  Environment environment_;
  SharedConfig config_;
  std::string region_;
  Machine machine_;
  std::mutex mutex_;
  std::condition_variable renewed_;
  std::optional<Credentials> current_;
  bool renewing_ = false;
  Time not_before_;  ///< of the next renewal while the current ones are valid
};

}  // namespace sosw::aws
