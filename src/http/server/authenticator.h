#pragma once

#include <optional>

#include "http/server/message.h"

namespace sosw::web {

/// A way other than the token for a request to prove that it may pass, such as a signature. Called on the
/// server's one thread; must not block.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  /// Whether the headers have such a proof, valid or not: only then is the body read, and the proof checked.
  virtual bool has_credentials(const Request& head) const = 0;

  /// The answer to a complete request whose proof is invalid; nullopt when it may pass.
  virtual std::optional<Answer> rejection(const Request&) const = 0;
};

}  // namespace sosw::web
