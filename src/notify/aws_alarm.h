#pragma once

#include <memory>
#include <string>

#include "sosw/ports/alarm.h"

#include "aws/core/account.h"

namespace sosw {

/// Alarms to a topic of SNS or to a function on AWS Lambda.
class AwsAlarm final : public Alarm {
 public:
  /// The ARN of a topic or of a function. Throws InvalidConfig when there is no region.
  explicit AwsAlarm(const std::string& address);

  void raise(const std::string& subject, const std::string& message) override {
    alarm_->raise(subject, message);
  }
  void send() override { alarm_->send(); }

 private:
  AwsAccess access_;
  std::unique_ptr<Alarm> alarm_;
};

}  // namespace sosw
