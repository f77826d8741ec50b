#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/random.h"
#include "sosw/ports/waiting.h"

#include "aws/core/aws_error.h"
#include "aws/core/credentials.h"
#include "aws/core/retry_budget.h"
#include "aws/core/sigv4.h"
#include "http/client/http.h"

namespace sosw::aws {

/// When a call may be retried. A request that surely did not arrive, or that was throttled, may always be.
enum class Repeat {
  always,            ///< the call is idempotent
  unless_unheard,    ///< not after a broken connection or a timeout; a 5xx means that it was not done
  unless_uncertain,  ///< also not after a 5xx
};

struct Call {
  std::string operation;  ///< for people, such as "UpdateItem"
  HttpRequest request;    ///< `url` is only the path and query after the endpoint
  Repeat repeat = Repeat::always;
  std::string endpoint;  ///< instead of the service's; empty: the service's
  /// By the machine's clock: no retry begins later.
  Time give_up_at = Time::never();
};

struct Reply {
  HttpAnswer answer;
  std::optional<AwsError> error;  ///< nullopt: the answer is a success
};

/// The machine that callers use.
struct Machine {
  Http& http;
  Clock& clock;
  Random& random;
  Waiting& waiting;
};

/// Sends calls to one service: signs them, retries what may be retried (the standard retry mode of the AWS
/// SDKs: backoff with full jitter, and a budget that ends retries when too much fails), corrects a clock skew
/// that the service reports, and renews credentials reported as expired. One thread at a time.
class Caller {
 public:
  struct Setup {
    std::string service;    ///< for people, such as "DynamoDB"
    std::string signed_as;  ///< signing name
    std::string region;
    std::string endpoint;  ///< scheme, host, perhaps a base path; no slash at its end
    int max_attempts = 3;
    Seconds first_delay = 0.05;  ///< before the first retry, at most; doubles with each
  };

  /// Without a source of credentials requests are not signed.
  Caller(Setup, CredentialSource*, Machine);

  /// One reply for each call, in their order; all run concurrently. Retries wait until all other calls have
  /// ended, and are sent together. Throws only when there are no credentials.
  std::vector<Reply> send(std::span<const Call>);

  /// For one call: throws its error.
  HttpAnswer send_one(Call);

  /// Waits as before the retry of that number (1, 2, ...) of a throttled call.
  void back_off(int retry);

  /// A random UUID.
  std::string new_id();

  /// Waits, if the time is positive.
  void wait(Seconds);

  /// The time by the machine's clock.
  Time now() const { return machine_.clock.now(); }

  const Setup& setup() const { return setup_; }

 private:
  struct Round;
  HttpRequest prepare(const Call&, const Credentials&, const std::string& invocation_id, int attempt);
  bool may_go_again(const Call&, const AwsError&, int attempt);
  bool mended(const HttpAnswer&, const AwsError&, Round&);
  bool set_clock_right(const HttpAnswer&);
  Seconds delay_before(int retry, bool throttled, const HttpAnswer&);

  Setup setup_;
  CredentialSource* credentials_;
  Machine machine_;
  RetryBudget budget_;
  SigningKey signing_key_;
  Seconds clock_error_ = 0;  ///< to be added to our clock
};

}  // namespace sosw::aws
