#pragma once

#include <string>

#include "sosw/ports/clock.h"

#include "http/server/proof.h"

namespace sosw {

/// Lets in whoever signs with AWS Signature Version 4, as every client of AWS does, by the access key id
/// "sosw" and the server's token as the secret access key, for any region and service: see aws::verify. The
/// token itself does not go over the wire. Refusals are errors as AWS Lambda's, those of the JSON API as its
/// own.
class SignedCallers final : public web::Proof {
 public:
  static constexpr const char* kAccessKeyId = "sosw";

  SignedCallers(std::string token, Clock& clock) : token_(std::move(token)), clock_(clock) {}

  bool is_offered(const web::Request&) const override;
  std::optional<web::Answer> objection(const web::Request&) const override;

 private:
  std::string token_;
  Clock& clock_;
};

}  // namespace sosw
