#pragma once

#include <string_view>

#include "sosw/essentials/json.h"
#include "sosw/web/message.h"

namespace sosw {

/// {"error": {"code", "message"}}; the code is one word for programs and follows from the status.
web::Answer api_error(int status, std::string_view message);

}  // namespace sosw
