#pragma once

#include <string_view>

#include "http/server/message.h"
#include "text/json.h"

namespace sosw {

/// {"error": {"code", "message"}}; the code is one word for programs, derived from the status.
web::Answer api_error(int status, std::string_view message);

}  // namespace sosw
