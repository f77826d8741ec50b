#pragma once

#include "sosw/ports/alarm.h"

namespace sosw {

/// Alarms as lines of the log, immediately.
class LogAlarm final : public Alarm {
 public:
  void raise(const std::string& subject, const std::string& message) override;
  void send() override {}
};

}  // namespace sosw
