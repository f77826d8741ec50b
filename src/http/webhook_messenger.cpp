#include "sosw/http/webhook_messenger.h"

#include "http/post_json.h"

namespace sosw {

std::string WebhookMessenger::deliver(Kind kind, const std::string& address, const std::string& json) {
  if (kind == Kind::topic) return "topics need AWS; use a webhook or a labourer";
  return post_json(address, {json}).front();
}

}  // namespace sosw
