#pragma once

#include "sosw/ports/messenger.h"

namespace sosw {

/// Messages as a POST of their JSON to a URL, many at once, each given up after 10 s. Knows no topics.
class WebhookMessenger final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;
};

}  // namespace sosw
