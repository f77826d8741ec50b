#include "notify/waiting_alarms.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "text/json_text.h"

namespace sosw::aws {
namespace {

constexpr std::size_t kLongestMessage = 4000;
constexpr std::size_t kSeparator = 10;  // at most, between two messages

std::string shortened(const std::string& message) {
  if (message.size() <= kLongestMessage) return message;
  return fmt::format("{}... ({} bytes)", message.substr(0, kLongestMessage), message.size());
}

}  // namespace

void WaitingAlarms::add(const std::string& subject, const std::string& message) {
  auto batch = std::ranges::find(batches_, subject, &AlarmBatch::subject);
  if (batch == batches_.end()) batch = batches_.insert(batch, {subject, {}});
  batch->messages.push_back(valid_utf8(shortened(message)));
}

std::vector<AlarmBatch> WaitingAlarms::take(std::size_t most_bytes) {
  std::vector<AlarmBatch> pieces;
  for (AlarmBatch& batch : std::exchange(batches_, {})) {
    std::size_t bytes = most_bytes;  // so that the first message begins a batch
    for (std::string& message : batch.messages) {
      const std::size_t more = encoded(message).size() + kSeparator;
      if (bytes + more > most_bytes) {
        pieces.push_back({batch.subject, {}});
        bytes = encoded(batch.subject).size() + 40;
      }
      pieces.back().messages.push_back(std::move(message));
      bytes += more;
    }
  }
  return pieces;
}

void log_lost(const AlarmBatch& batch, const char* why) {
  spdlog::error("an alarm did not get through ({}): {}: {} messages, the first: {}", why, batch.subject,
                batch.messages.size(), batch.messages.front());
}

}  // namespace sosw::aws
