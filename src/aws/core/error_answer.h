#pragma once

#include <string>
#include <string_view>

#include "aws/core/aws_error.h"
#include "aws/core/credentials.h"
#include "http/client/http.h"

namespace sosw::aws {

/// Whether an answer is a complete success: 2xx, with a matching checksum, if it has one.
bool is_success(const HttpAnswer&);

/// The error in an answer that is not a success. It contains nothing of the credentials: services quote the
/// headers of a request whose signature they reject.
AwsError::Details error_details(const HttpAnswer&, const Credentials& used);

/// The credentials are unknown to the service or have expired.
bool is_about_credentials(std::string_view code);
/// The error may be caused by our clock.
bool is_about_time(std::string_view code);

}  // namespace sosw::aws
