#pragma once

#include <memory>
#include <string>

#include "sosw/ports/alarm.h"

#include "aws/clients/sns.h"
#include "aws/core/session.h"

namespace sosw::aws {

class WaitingAlarms;

/// Alarms to a topic of SNS, in any region. The messages of one subject go out as one, joined by
/// "\n\n#####\n\n"; very many as a few. One may arrive twice. A failure is a line of the log.
class SnsAlarm final : public Alarm {
 public:
  /// Throws InvalidConfig, with an empty `where`, when that is not a topic's ARN.
  SnsAlarm(Session&, const std::string& topic_arn);
  ~SnsAlarm() override;  ///< sends what is left

  void raise(const std::string& subject, const std::string& message) override;
  void send() override;

 private:
  std::string topic_arn_;
  Sns sns_;
  std::unique_ptr<WaitingAlarms> waiting_;
};

}  // namespace sosw::aws
