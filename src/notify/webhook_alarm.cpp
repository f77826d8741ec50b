#include "notify/webhook_alarm.h"

#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "http/client/post_json.h"

namespace sosw {
namespace {

/// Messages quote workers' output, which may not be valid UTF-8.
std::string document_of(const std::string& subject, const std::vector<std::string>& messages) {
  using nlohmann::ordered_json;
  return ordered_json{{"subject", subject}, {"messages", messages}}.dump(
      -1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

WebhookAlarm::WebhookAlarm(std::string url) : url_(std::move(url)) {}

WebhookAlarm::~WebhookAlarm() { WebhookAlarm::send(); }

void WebhookAlarm::raise(const std::string& subject, const std::string& message) {
  waiting_[subject].push_back(message);
}

void WebhookAlarm::send() {
  if (waiting_.empty()) return;
  const auto alarms = std::exchange(waiting_, {});
  std::vector<JsonPost> posts;
  posts.reserve(alarms.size());
  for (const auto& [subject, messages] : alarms) posts.push_back({url_, document_of(subject, messages)});
  const std::vector<std::string> problems = post_json(posts);
  std::size_t i = 0;
  for (const auto& [subject, messages] : alarms) {
    if (!problems[i].empty())
      spdlog::error("an alarm did not get through ({}): {}: {} messages, the first: {}", problems[i], subject,
                    messages.size(), messages.front());
    ++i;
  }
}

}  // namespace sosw
