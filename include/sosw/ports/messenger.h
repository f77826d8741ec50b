#pragma once

#include <span>
#include <string>
#include <vector>

namespace sosw {

/// A JSON document for an address outside the system, such as the webhook of a finished job.
struct Message {
  enum class Kind { topic, webhook };
  Kind kind = Kind::webhook;
  std::string address;
  std::string json;
};

/// Delivers messages.
class Messenger {
 public:
  virtual ~Messenger() = default;

  /// For each message why it did not arrive; empty when it did. One that nobody takes holds up the others no
  /// longer than itself. Never throws.
  virtual std::vector<std::string> deliver(std::span<const Message>) = 0;
};

}  // namespace sosw
