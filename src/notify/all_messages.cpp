#include "notify/all_messages.h"

namespace sosw {
namespace {

/// Sends the messages of one kind through `to`, and stores the results.
void deliver_kind(Message::Kind kind, std::span<const Message> messages, Messenger& to,
                  std::vector<std::string>& problems) {
  std::vector<Message> taken;
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].kind != kind) continue;
    taken.push_back(messages[i]);
    indexes.push_back(i);
  }
  if (taken.empty()) return;
  std::vector<std::string> answers = to.deliver(taken);
  for (std::size_t k = 0; k < indexes.size(); ++k) problems[indexes[k]] = std::move(answers[k]);
}

}  // namespace

std::vector<std::string> AllMessages::deliver(std::span<const Message> messages) {
  std::vector<std::string> problems(messages.size());
  deliver_kind(Message::Kind::webhook, messages, webhooks_, problems);
  deliver_kind(Message::Kind::topic, messages, topics_, problems);
  return problems;
}

}  // namespace sosw
