#include "job/event_envelope.h"

#include <optional>

namespace sosw {
namespace {

void unwrap(const JsonText& event, std::vector<JsonText>& events);

/// A message's body: itself an event, or plain text.
void unwrap_text(std::string_view json_text, std::vector<JsonText>& events) {
  std::optional<JsonText> body;
  try {
    body.emplace(decoded(json_text));
  } catch (const InvalidJson&) {
    events.push_back(JsonText::piece(json_text));
    return;
  }
  unwrap(*body, events);
}

/// The content of a record of SNS or SQS; empty for records of other services.
std::string_view message_of(std::string_view record) {
  if (!is_object(record)) return {};
  const std::string_view sns = find_member(record, "Sns");
  const std::string_view message = is_object(sns) ? find_member(sns, "Message") : find_member(record, "body");
  return is_text(message) ? message : std::string_view{};
}

bool unwrap_records(std::string_view records, std::vector<JsonText>& events) {
  std::vector<std::string_view> messages;
  Elements elements(records);
  for (std::string_view record; elements.next(record);) {
    messages.push_back(message_of(record));
    if (messages.back().empty()) return false;
  }
  for (const std::string_view message : messages) unwrap_text(message, events);
  return !messages.empty();
}

void unwrap(const JsonText& event, std::vector<JsonText>& events) {
  if (is_object(event)) {
    const std::string_view records = find_member(event, "Records");
    if (is_list(records) && unwrap_records(records, events)) return;

    const std::string_view type = find_member(event, "Type");
    const std::string_view message = find_member(event, "Message");
    if (is_text(type) && says(type, "Notification") && is_text(message)) return unwrap_text(message, events);

    const std::string_view detail = find_member(event, "detail");
    if (!detail.empty() && is_text(find_member(event, "detail-type")) &&
        is_text(find_member(event, "source")))
      return unwrap(JsonText::piece(detail), events);
  }
  events.push_back(event);
}

}  // namespace

std::vector<JsonText> unwrap_event(const JsonText& event) {
  std::vector<JsonText> events;
  unwrap(event, events);
  return events;
}

}  // namespace sosw
