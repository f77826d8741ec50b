#pragma once

#include <string>

#include "sosw/model/errors.h"

namespace sosw::aws {

/// An AWS service returned an error, or could not be reached. what() is one line and holds no secret.
struct AwsError : Error {
  struct Details {
    std::string service;    ///< "DynamoDB"
    std::string operation;  ///< "UpdateItem"
    std::string code;  ///< "ThrottlingException"; "Timeout", "Disconnected" or "NotReached" without an answer
    std::string message;
    int status = 0;  ///< HTTP status, 0 without an answer
    std::string request_id;
    bool retryable = false;   ///< a later retry may help
    bool throttled = false;   ///< the service asked to slow down
    bool maybe_done = false;  ///< it is unknown whether the request took effect
  };

  explicit AwsError(const Details& details)
      : Error(text(details)),
        service(details.service),
        code(details.code),
        status(details.status),
        request_id(details.request_id),
        retryable(details.retryable),
        throttled(details.throttled),
        maybe_done(details.maybe_done) {}

  std::string service;
  std::string code;
  int status;
  std::string request_id;
  bool retryable;
  bool throttled;
  bool maybe_done;

 private:
  static std::string text(const Details&);
};

}  // namespace sosw::aws
