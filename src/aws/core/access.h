#pragma once

#include "aws/core/aws_error.h"

namespace sosw::aws {

/// Whether the service knows who asks, and may not answer him.
bool is_forbidden(const AwsError&);

}  // namespace sosw::aws
