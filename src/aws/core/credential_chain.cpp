#include "aws/core/credential_chain.h"

#include <array>

#include <spdlog/spdlog.h>

#include "aws/core/credential_sources.h"

namespace sosw::aws {
namespace {

constexpr Seconds kRenewBefore = 15 * 60;  // they expire
constexpr Seconds kUnsafe = 60;            // too close to expiry to be used for a request
constexpr Seconds kBetweenRenewals = 60;   // while the old ones are valid

struct Source {
  const char* name;
  CredentialLookup (*ask)(const CredentialContext&);
};

constexpr std::array kSources = {
    Source{"environment", from_environment},
    Source{"web identity", from_web_identity},
    Source{"profile", from_profile},
    Source{"container", from_container},
    Source{"instance metadata", from_instance_metadata},
};

}  // namespace

CredentialChain::CredentialChain(Environment environment, SharedConfig config, std::string region,
                                 Machine machine)
    : environment_(std::move(environment)),
      config_(std::move(config)),
      region_(std::move(region)),
      machine_(machine) {}

bool CredentialChain::is_valid(Time now) const {
  return current_ && (!current_->expires || now < *current_->expires - kUnsafe);
}

bool CredentialChain::is_due(Time now) const {
  if (!is_valid(now)) return true;
  return current_->expires && now >= *current_->expires - kRenewBefore && now >= not_before_;
}

Credentials CredentialChain::get() {
  std::unique_lock lock(mutex_);
  renewed_.wait(lock, [&] { return !renewing_ || is_valid(machine_.clock.now()); });
  if (renewing_ || !is_due(machine_.clock.now())) return *current_;
  renewing_ = true;
  lock.unlock();
  std::optional<Credentials> found;
  std::exception_ptr failure;
  std::string problem;
  try {
    found = find();
  } catch (const std::exception& error) {
    failure = std::current_exception();
    problem = error.what();
  }
  lock.lock();
  renewing_ = false;
  renewed_.notify_all();
  const Time now = machine_.clock.now();
  not_before_ = now + kBetweenRenewals * (1 + machine_.random.chance());
  if (found) {
    current_ = std::move(found);
  } else if (is_valid(now)) {
    spdlog::warn("AWS credentials can't be renewed yet, {:.0f} s are left: {}", *current_->expires - now,
                 problem);
  } else {
    std::rethrow_exception(failure);
  }
  return *current_;
}

void CredentialChain::reject(const Credentials& refused) {
  const std::lock_guard lock(mutex_);
  if (current_ && current_->access_key_id == refused.access_key_id &&
      current_->session_token == refused.session_token)
    current_.reset();
}

Credentials CredentialChain::find() {
  std::string tried;
  for (const Source& source : kSources) {
    CredentialLookup attempt = source.ask({environment_, config_, region_, machine_});
    if (attempt.credentials) return *std::move(attempt.credentials);
    if (attempt.configured)
      throw AwsError({.service = "Credentials",
                      .operation = source.name,
                      .code = "Unavailable",
                      .message = attempt.failure,
                      .retryable = true});
    tried.append(tried.empty() ? "" : "; ").append(source.name).append(": ").append(attempt.failure);
  }
  throw InvalidConfig("AWS credentials", "there are none. Tried " + tried);
}

}  // namespace sosw::aws
