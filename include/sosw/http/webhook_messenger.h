#pragma once

#include "sosw/ports/messenger.h"

namespace sosw {

/// Messages as a POST of their JSON to a URL. Knows no topics.
class WebhookMessenger final : public Messenger {
 public:
  std::string deliver(Kind, const std::string& address, const std::string& json) override;
};

}  // namespace sosw
