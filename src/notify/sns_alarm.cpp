#include "notify/sns_alarm.h"

#include <algorithm>

#include <fmt/format.h>

#include "notify/topic.h"
#include "notify/waiting_alarms.h"

namespace sosw::aws {
namespace {

constexpr auto kBetween = "\n\n#####\n\n";    // as in existing installations' mails
constexpr std::size_t kLongestText = 25'000;  // ten of them are one request of at most 256 KB
constexpr std::size_t kLongestSubject = 100;

/// SNS accepts visible ASCII only.
std::string subject_of(const AlarmBatch& batch) {
  std::string subject = batch.subject.substr(0, kLongestSubject);
  std::ranges::replace_if(
      subject, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return subject;
}

}  // namespace

SnsAlarm::SnsAlarm(Session& session, const std::string& topic_arn)
    : topic_arn_(topic_arn), sns_(sns_of(session, topic_arn)), waiting_(std::make_unique<WaitingAlarms>()) {}

SnsAlarm::~SnsAlarm() { SnsAlarm::send(); }

void SnsAlarm::raise(const std::string& subject, const std::string& message) {
  waiting_->add(subject, message);
}

void SnsAlarm::send() {
  const std::vector<AlarmBatch> batches = waiting_->take(kLongestText);
  if (batches.empty()) return;
  std::vector<SnsMessage> messages;
  messages.reserve(batches.size());
  for (const AlarmBatch& batch : batches)
    messages.push_back(
        {.message = fmt::format("{}", fmt::join(batch.messages, kBetween)), .subject = subject_of(batch)});
  log_lost(batches, [&] { return sns_.publish_all(topic_arn_, messages); });
}

}  // namespace sosw::aws
