#include "notify/webhook_messenger.h"

#include "http/client/post_json.h"

namespace sosw {

std::vector<std::string> WebhookMessenger::deliver(std::span<const Message> messages) {
  std::vector<JsonPost> posts;
  posts.reserve(messages.size());
  for (const Message& message : messages) posts.push_back({message.address, message.json});
  return post_json(posts);
}

}  // namespace sosw
