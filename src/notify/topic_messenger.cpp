#include "notify/topic_messenger.h"

#include "sosw/model/errors.h"

#include "notify/sns_messenger.h"

namespace sosw {

std::vector<std::string> TopicMessenger::deliver(std::span<const Message> messages) {
  try {
    if (!access_) access_ = std::make_unique<AwsAccess>();
    return aws::SnsMessenger(access_->session).deliver(messages);
  } catch (const Error& error) {
    return std::vector<std::string>(messages.size(), error.what());
  }
}

}  // namespace sosw
