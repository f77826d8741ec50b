#include "notify/sns_messenger.h"

#include <exception>

#include "notify/topic.h"

namespace sosw::aws {

std::vector<std::string> SnsMessenger::deliver(std::span<const Message> messages) {
  std::vector<std::string> problems(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) try {
      sns_of(session_, messages[i].address).publish(messages[i].address, {.message = messages[i].json});
    } catch (const std::exception& error) {
      problems[i] = error.what();
    }
  return problems;
}

}  // namespace sosw::aws
