#pragma once

#include <map>
#include <string>
#include <vector>

#include "sosw/ports/alarm.h"

namespace sosw {

/// Alarms as a POST of {"subject": text, "messages": [text, ...]} to a URL; the messages of one subject go
/// out together. A failed POST is a line of the log.
class WebhookAlarm final : public Alarm {
 public:
  explicit WebhookAlarm(std::string url);
  ~WebhookAlarm() override;  ///< sends what is left

  void raise(const std::string& subject, const std::string& message) override;
  void send() override;

 private:
  std::string url_;
  std::map<std::string, std::vector<std::string>> waiting_;  ///< messages by subject
};

}  // namespace sosw
