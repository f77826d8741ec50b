#pragma once

#include "aws/json_protocol.h"

namespace sosw::aws {

inline constexpr JsonDialect kDynamoDialect{"DynamoDB_20120810.", "1.0"};

}  // namespace sosw::aws
