#pragma once

#include "http/server/message.h"

namespace sosw::web {

/// Sets path and query from the target. False when it does not start with a slash or is wrongly encoded.
bool read_target(Request&);

}  // namespace sosw::web
