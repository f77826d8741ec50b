#pragma once

#include <string>
#include <string_view>

#include "aws/core/aws_error.h"
#include "aws/core/credentials.h"
#include "http/client/http.h"

namespace sosw::aws {

/// Whether an answer is what the service wanted to send: 2xx, and the checksum, if it has one, fits.
bool is_success(const HttpAnswer&);

/// What an answer that is no success means. Nothing of the credentials gets into it: services quote the
/// headers of a request whose signature they don't like.
AwsError::Details error_details(const HttpAnswer&, const Credentials& used);

/// The service does not know these credentials, or no longer.
bool is_about_credentials(std::string_view code);
/// The service may mean that our clock is wrong.
bool is_about_time(std::string_view code);

}  // namespace sosw::aws
