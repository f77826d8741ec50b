#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sosw/ports/messenger.h"

#include "aws/core/account.h"

namespace sosw {

/// Messages to topics go to SNS, with an account that is looked up at the first one.
class TopicMessenger final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  std::unique_ptr<AwsAccess> access_;
};

}  // namespace sosw
