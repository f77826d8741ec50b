#pragma once

#include <string>

#include "aws/core/caller.h"
#include "aws/core/credentials.h"

namespace sosw::aws {

/// Security Token Service. Calls throw AwsError.
class Sts {
 public:
  explicit Sts(Caller caller) : caller_(std::move(caller)) {}

  struct Role {
    std::string arn;
    std::string session_name;
    std::string external_id;         ///< may be empty
    std::string web_identity_token;  ///< for assume_with_web_identity
    std::string duration_seconds;    ///< may be empty: the service's own
  };
  Credentials assume(const Role&);
  Credentials assume_with_web_identity(const Role&);  ///< for an unsigned caller

  struct Identity {
    std::string account;
    std::string arn;
    std::string user_id;
  };
  Identity caller_identity();

 private:
  Caller caller_;
};

}  // namespace sosw::aws
