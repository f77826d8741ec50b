#pragma once

#include <string>
#include <utility>

#include "aws/core/json_protocol.h"

namespace sosw::aws {

inline constexpr JsonDialect kDynamoDialect{"DynamoDB_20120810.", "1.0"};

/// The time limit of one attempt of a call. A request without an answer has had its effect by then, or never
/// will.
inline constexpr Seconds kDynamoTimeout = 20;

/// `body` is JSON, as text or as a document.
template <class Body>
Call dynamo_call(const std::string& operation, Body body, Repeat repeat = Repeat::always) {
  Call call = json_call(kDynamoDialect, operation, std::move(body), repeat);
  call.request.timeout = kDynamoTimeout;
  return call;
}

}  // namespace sosw::aws
