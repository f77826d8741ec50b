#pragma once

#include <string>

#include "sosw/ports/clock.h"

#include "http/server/authenticator.h"

namespace sosw {

/// Admits requests signed with AWS Signature Version 4, as every AWS client does, by the access key id "sosw"
/// and the server's token as the secret access key, for any region and service: see aws::verify. The token
/// itself is not transmitted. Refusals have the format of AWS Lambda's errors, those of the JSON API its own.
class SigV4Authenticator final : public web::Authenticator {
 public:
  static constexpr const char* kAccessKeyId = "sosw";

  SigV4Authenticator(std::string token, Clock& clock) : token_(std::move(token)), clock_(clock) {}

  bool has_credentials(const web::Request&) const override;
  std::optional<web::Answer> rejection(const web::Request&) const override;

 private:
  std::string token_;
  Clock& clock_;
};

}  // namespace sosw
