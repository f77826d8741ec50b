#pragma once

#include <memory>
#include <string>

#include "aws/core/caller.h"
#include "aws/core/credential_chain.h"
#include "aws/core/endpoint.h"
#include "aws/core/environment.h"
#include "aws/core/shared_config.h"

namespace sosw::aws {

/// One account and region as the environment and the shared files describe them; the clients are created from
/// it and must not outlive it. Creating one reads the files but sends no request; region() may ask the
/// instance's metadata.
class Session {
 public:
  /// Throws InvalidConfig when the shared files can't be read.
  Session(Environment, Machine);

  /// AWS_REGION, AWS_DEFAULT_REGION, the profile's, the instance's. Throws InvalidConfig when there is none.
  const std::string& region();

  CredentialSource& credentials();

  /// For a client of one service. `max_attempts` and `first_delay` are the service's retry defaults;
  /// AWS_MAX_ATTEMPTS and the profile's max_attempts override them.
  Caller caller(const Service& service, int max_attempts = 3, Seconds first_delay = 0.05) {
    return caller_in(region(), service, max_attempts, first_delay);
  }

  /// The same for another region.
  Caller caller_in(const std::string& region, const Service&, int max_attempts = 3,
                   Seconds first_delay = 0.05);

  const Environment& environment() const { return environment_; }
  const SharedConfig& config() const { return config_; }

 private:
  std::string find_region();

  Environment environment_;
  SharedConfig config_;
  Machine machine_;
  std::string region_;
  std::unique_ptr<CredentialChain> credentials_;
};

}  // namespace sosw::aws
