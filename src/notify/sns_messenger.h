#pragma once

#include "sosw/ports/messenger.h"

#include "aws/core/session.h"

namespace sosw::aws {

/// Messages to topics by SNS, in the region of each topic. Does not support webhooks.
class SnsMessenger final : public Messenger {
 public:
  explicit SnsMessenger(Session& session) : session_(session) {}

  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  Session& session_;
};

}  // namespace sosw::aws
