#pragma once

#include <memory>
#include <string>

#include "sosw/ports/alarm.h"

#include "aws/clients/lambda.h"
#include "aws/core/session.h"

namespace sosw::aws {

class WaitingAlarms;

/// Alarms as asynchronous calls of a function with {"subject": text, "messages": [text, ...]}; the messages
/// of one subject go out together. A failed call is a line of the log.
class LambdaAlarm final : public Alarm {
 public:
  /// A function's name or ARN; an ARN's region is used. Throws InvalidConfig, with an empty `where`, for
  /// other text.
  LambdaAlarm(Session&, const std::string& function);
  ~LambdaAlarm() override;  ///< sends what is left

  void raise(const std::string& subject, const std::string& message) override;
  void send() override;

 private:
  std::string function_;
  Lambda lambda_;
  std::unique_ptr<WaitingAlarms> waiting_;
};

}  // namespace sosw::aws
