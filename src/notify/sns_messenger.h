#pragma once

#include "sosw/ports/messenger.h"

#include "aws/core/session.h"

namespace sosw::aws {

/// Messages for topics by SNS, in whichever region the topic is. Knows no webhooks.
class SnsMessenger final : public Messenger {
 public:
  explicit SnsMessenger(Session& session) : session_(session) {}

  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  Session& session_;
};

}  // namespace sosw::aws
