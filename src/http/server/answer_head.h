#pragma once

#include <string>

#include "http/server/message.h"

namespace sosw::web {

/// The encoding of an answer's bytes.
struct Framing {
  bool keep_alive = true;
  bool old_version = false;  ///< HTTP/1.0: has no chunks
  bool chunked = false;      ///< a stream; until the end of the connection for HTTP/1.0
};

/// Status line and headers, up to the empty line.
std::string answer_head(const Answer&, const Framing&);

bool may_have_body(int status);

}  // namespace sosw::web
