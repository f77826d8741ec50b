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

  /// For each message why it was not delivered; empty when it was. An unresponsive receiver delays only its
  /// own messages. Never throws.
  virtual std::vector<std::string> deliver(std::span<const Message>) = 0;
};

}  // namespace sosw
