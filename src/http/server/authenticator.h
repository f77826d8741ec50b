#pragma once

#include <optional>

#include "http/server/message.h"

namespace sosw::web {

/// A way beside the token for a request to show that it may pass, such as a signature. Called on the server's
/// one thread; must not wait.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  /// Whether the headers hold such a proof, good or not: only then is the body read, and judged.
  virtual bool has_credentials(const Request& head) const = 0;

  /// What to answer a whole request whose proof is not good; nothing when it may pass.
  virtual std::optional<Answer> rejection(const Request&) const = 0;
};

}  // namespace sosw::web
