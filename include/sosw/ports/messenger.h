#pragma once

#include <string>

namespace sosw {

/// Delivers one message to an address outside the system, such as the webhook of a finished job.
class Messenger {
 public:
  virtual ~Messenger() = default;

  enum class Kind { topic, webhook };

  /// Returns why the message did not arrive; empty when it did. Never throws.
  virtual std::string deliver(Kind, const std::string& address, const std::string& json) = 0;
};

}  // namespace sosw
