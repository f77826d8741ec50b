#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sosw/model/time.h"
#include "sosw/ports/random.h"

#include "http/server/message.h"

namespace sosw {

/// An error in the format of AWS Lambda, such as 404 ResourceNotFoundException.
web::Answer aws_error(int status, std::string_view code, std::string_view message);

/// A random UUID.
std::string make_uuid(Random&);

/// "Sun, 29 Nov 2026 00:57:00 GMT", as in HTTP headers.
std::string http_date(Time);

std::string base64(std::string_view bytes);

/// Returns nullopt when the text is not base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sosw
