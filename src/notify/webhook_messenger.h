#pragma once

#include "sosw/ports/messenger.h"

namespace sosw {

/// Messages as a POST of their JSON to a URL, many at once, each with a timeout of 10 s. Does not support
/// topics.
class WebhookMessenger final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;
};

}  // namespace sosw
