#include "aws/core/session.h"

#include <charconv>

#include "aws/core/credential_sources.h"

namespace sosw::aws {

Session::Session(Environment environment, Machine machine)
    : environment_(std::move(environment)), config_(SharedConfig::load(environment_)), machine_(machine) {}

const std::string& Session::region() {
  if (region_.empty()) region_ = find_region();
  return region_;
}

std::string Session::find_region() {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (const auto region = environment_.get(name)) return *region;
  if (const auto region = config_.get("region")) return *region;
  std::string failure;
  const std::string none;
  if (auto region =
          read_metadata({environment_, config_, none, machine_}, "meta-data/placement/region", failure))
    return *std::move(region);
  throw InvalidConfig("AWS_REGION", "there is no region. Set it, or `region` of the profile '" +
                                        config_.profile() + "' in " + config_.looked_in() +
                                        "; instance metadata: " + failure);
}

CredentialSource& Session::credentials() {
  if (!credentials_)
    credentials_ = std::make_unique<CredentialChain>(environment_, config_, region(), machine_);
  return *credentials_;
}

Caller Session::caller_in(const std::string& region, const Service& service, int max_attempts,
                          Seconds first_delay) {
  std::string configured = environment_.get("AWS_MAX_ATTEMPTS").value_or("");
  if (configured.empty()) configured = config_.get("max_attempts").value_or("");
  if (!configured.empty()) {
    const char* end = configured.data() + configured.size();
    if (std::from_chars(configured.data(), end, max_attempts).ptr != end || max_attempts < 1)
      throw InvalidConfig("AWS_MAX_ATTEMPTS", "'" + configured + "' is no number of attempts such as 3");
  }
  return Caller({.service = service.name,
                 .signed_as = service.signed_as,
                 .region = region,
                 .endpoint = endpoint_of(service, region, environment_, config_),
                 .max_attempts = max_attempts,
                 .first_delay = first_delay},
                &credentials(), machine_);
}

}  // namespace sosw::aws
