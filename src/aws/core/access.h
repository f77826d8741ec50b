#pragma once

#include "aws/core/aws_error.h"

namespace sosw::aws {

/// Whether the service knows the caller but denies permission.
bool is_forbidden(const AwsError&);

}  // namespace sosw::aws
