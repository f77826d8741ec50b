#pragma once

#include "sosw/aws/session.h"
#include "sosw/ports/messenger.h"

namespace sosw::aws {

/// Messages for topics by SNS, in whichever region the topic is; those for webhooks are handed on.
class SnsMessenger final : public Messenger {
 public:
  SnsMessenger(Session& session, Messenger& webhooks) : session_(session), webhooks_(webhooks) {}

  std::string deliver(Kind, const std::string& address, const std::string& json) override;

 private:
  Session& session_;
  Messenger& webhooks_;
};

}  // namespace sosw::aws
