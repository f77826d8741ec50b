#include "sosw/aws/sns_messenger.h"

#include <exception>

#include "aws/topic.h"

namespace sosw::aws {

std::string SnsMessenger::deliver(Kind kind, const std::string& address, const std::string& json) {
  if (kind == Kind::webhook) return webhooks_.deliver(kind, address, json);
  try {
    sns_of(session_, address).publish(address, {.message = json});
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace sosw::aws
