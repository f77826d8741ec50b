#pragma once

#include <span>
#include <string>
#include <vector>

#include "sosw/ports/messenger.h"

#include "notify/topic_messenger.h"
#include "notify/webhook_messenger.h"

namespace sosw {

/// Messages of both kinds, each sent by the matching messenger.
class AllMessages final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  WebhookMessenger webhooks_;
  TopicMessenger topics_;
};

}  // namespace sosw
